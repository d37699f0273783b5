import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.web.guard import from_our_pages, masked, new_secret, safe_next, unmasks_to

US = "https://tasuki.example"


@pytest.mark.parametrize("path", ["/", "/home", "/jobs/1?a=b&c=%2F#there", "/検索"])
def test_a_path_of_ours_is_gone_on_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "home",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " /home",
        "https://evil.example",
        "javascript:alert(1)",
        "/a b",
        "/a\\b",
        "/\x7f",
    ],
)
def test_anything_else_is_not(path: str | None) -> None:
    assert safe_next(path) is None


@given(st.text(max_size=30))
def test_what_is_gone_on_to_never_names_a_server(text: str) -> None:
    path = safe_next(text)
    assert path is None or (path.startswith("/") and path[1:2] not in {"/", "\\"})


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": US}, True),
        ({"origin": US, "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": US, "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://localhost:8000", "host": "localhost:8000"}, True),
    ],
)
def test_a_form_is_ours_unless_the_browser_says_otherwise(
    headers: dict[str, str], *, ours: bool
) -> None:
    assert from_our_pages(headers, US, "http") is ours


def test_a_masked_secret_is_known_again_and_looks_different_each_time() -> None:
    secret = new_secret()
    tokens = {masked(secret) for _ in range(20)}
    assert len(tokens) == 20
    assert all(unmasks_to(token, secret) for token in tokens)
    assert not unmasks_to(masked(new_secret()), secret)
    assert not unmasks_to("", secret)
    assert not unmasks_to(masked(secret), "")


@given(st.text(max_size=120))
def test_nobody_guesses_a_token(text: str) -> None:
    assert not unmasks_to(text, "ab" * 32)
