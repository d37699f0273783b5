"""What holds for every page: who may come, what is believed, and what becomes of a refusal."""

from http import HTTPStatus

from tests.support.web import WebUnderTest


def test_smoke(site: WebUnderTest) -> None:
    page = site.browser.open("/")
    assert page.status == HTTPStatus.OK, page.html
    page = site.browser.open("/checkout/return")
    assert page.h1 == "Thank you", page.html
    page = site.browser.open("/nowhere")
    assert page.status == 404, page.html
    assert page.h1 == "There is no such page"
    site.browser.be("client")
    page = site.browser.open("/checkout/return")
    assert page.h1 == "Thank you"
    assert "山田 花子" in page.text
