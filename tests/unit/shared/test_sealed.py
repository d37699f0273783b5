import pytest

from shared.sealed import Seal, UnsealableError, new_key


def test_what_is_sealed_opens_with_its_key_and_tells_nothing() -> None:
    seal = Seal(new_key())
    sealed = seal.close("whsec_襷")
    assert "whsec" not in sealed
    assert seal.open(sealed) == "whsec_襷"


def test_a_new_key_goes_first_and_the_old_one_still_opens() -> None:
    old, new = new_key(), new_key()
    sealed = Seal(old).close("secret")
    assert Seal(f"{new},{old}").open(sealed) == "secret"
    with pytest.raises(UnsealableError):
        Seal(new).open(sealed)


@pytest.mark.parametrize("forged", ["", "nothing", "ひ", "gAAAAAB" + "A" * 93])
def test_what_is_not_ours_does_not_open(forged: str) -> None:
    with pytest.raises(UnsealableError):
        Seal(new_key()).open(forged)


@pytest.mark.parametrize("keys", ["", " , ", "short"])
def test_without_a_key_nothing_starts(keys: str) -> None:
    with pytest.raises(ValueError, match=r"key"):
        Seal(keys)
