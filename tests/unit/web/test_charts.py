"""What drawings say and look like, whatever the figures are."""

import re
from xml.etree.ElementTree import fromstring

import pytest

from services.web import charts
from services.web.charts import Bar, Part

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def drawn(markup: str) -> list[str]:
    return SVG.findall(markup)


def numbers(markup: str, name: str) -> list[float]:
    return [float(each) for each in re.findall(rf'<rect[^>]* {name}="([-0-9.]+)"', markup)]


def test_a_drawing_is_read_out_by_title_and_description() -> None:
    drawing = charts.bars("Paid", "June: ¥1", [Bar("06", 1, "¥1")])
    root = fromstring(drawing)  # noqa: S314  (of our own making)
    title, description = root[0], root[1]
    assert (title.text, description.text) == ("Paid", "June: ¥1")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
    again = fromstring(charts.bars("Paid", "", []))  # noqa: S314  (likewise)
    assert again[0].attrib["id"] != title.attrib["id"]


def test_what_people_wrote_stays_words() -> None:
    drawing = charts.bars("<b>", "&", [Bar("<script>", 1, '"')])
    assert "<script>" not in drawing
    assert fromstring(drawing)[0].text == "<b>"  # noqa: S314  (likewise)


@pytest.mark.parametrize("values", [(), (0, 0), (5,), (1, 1_000_000), (3, 0, 3)])
def test_bars_stay_in_the_picture_and_nothing_has_none(values: tuple[int, ...]) -> None:
    drawing = charts.bars("", "", [Bar("", value, str(value)) for value in values])
    heights, tops = numbers(drawing, "height"), numbers(drawing, "y")
    assert [height > 0 for height in heights] == [value > 0 for value in values]
    assert all(top >= 0 for top in tops)
    assert all(top + high <= charts.BARS_HEIGHT for top, high in zip(tops, heights, strict=True))


def test_parts_fill_the_whole_and_have_a_key() -> None:
    parts = [Part("Held", 30, "¥30"), Part("Released", 70, "¥70", tone=3)]
    drawing = charts.stacked("", "", parts)
    [svg, *_] = drawn(drawing)
    assert numbers(svg, "width") == [charts.WIDTH * 0.3, charts.WIDTH * 0.7]
    assert "Held" in drawing.split("</svg>", 1)[1]
    assert "p3" in svg


def test_no_parts_are_no_division_by_nothing() -> None:
    assert charts.stacked("", "", [Part("Held", 0, "¥0")])


def test_a_week_shows_time_and_what_is_never() -> None:
    days, parts = ["Mon", "Tue"], ["Morning", "Evening"]
    drawing = charts.week(
        "Week",
        "",
        days=days,
        parts=parts,
        minutes={(0, 1): (120, "2 h")},
        never=frozenset({(1, 0)}),
    )
    assert drawing.count('class="cell0"') == len(days) * len(parts)
    assert drawing.count('class="cell"') == 1
    assert drawing.count('class="never"') == 1
    assert "2 h" in drawing
    assert "style=" not in drawing
