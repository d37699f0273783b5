from services.contracts.domain.milestone import MOVES
from tools.state_doc import PLACE, render


def test_the_document_of_states_is_what_the_tables_say() -> None:
    assert PLACE.read_text(encoding="utf-8") == render(), "run: make state-doc"


def test_every_move_of_a_milestone_is_drawn() -> None:
    drawn = render()
    for (at, step), to in MOVES.items():
        if at is not to:
            lines = [each for each in drawn.splitlines() if each.startswith(f"    {at} --> {to}:")]
            assert any(step in line for line in lines)
