"""The sample market as `make run` keeps it."""

from tools.run_folder import RunFolder
from tools.stack import Stack


def test_the_folder_of_a_filled_market_knows_all_that_was_started(market: Stack) -> None:
    state = RunFolder(market.folder.path).state()
    assert set(market.names) <= {each.name for each in state.started}
    assert "people to sign in as" in state.addresses
