"""Drawings for figures, as inline SVG. Shapes have classes: the policy allows no style in them.

Each has a title and a description that are read out; beside it the page has the same as a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from babel.dates import format_date
from markupsafe import Markup

from services.web.formats import month, yen
from services.web.i18n import locale

WIDTH = 640
BARS_HEIGHT = 220
TOP, BOTTOM, LEFT = 26, 30, 8
STACK_HEIGHT = 34
TONES = 7
CELL_WIDTH, CELL_HEIGHT, CELL_GAP = 74, 34, 6
DAYS_LEFT, HEADS_TOP = 96, 26
FULL_CELL_MINUTES = 240  # from so many on, a cell of the week is drawn full

_ids = count(1)


@dataclass(frozen=True)
class Bar:
    """A value under a label; `words` is the value as people read it."""

    label: str
    value: int
    words: str
    now: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a whole."""

    label: str
    value: int
    words: str
    tone: int | None = None


def bars(title: str, description: str, values: Sequence[Bar]) -> Markup:
    """Return upright bars, such as one for each month; the value stands above each."""
    highest = max((bar.value for bar in values), default=0) or 1
    step = (WIDTH - 2 * LEFT) / max(len(values), 1)
    room = BARS_HEIGHT - TOP - BOTTOM
    drawn = Markup()
    for place, bar in enumerate(values):
        height = max(round(room * max(bar.value, 0) / highest), 2 if bar.value else 0)
        middle = LEFT + step * (place + 0.5)
        drawn += Markup(
            '<rect class="bar{now}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'
            '<text class="strong" x="{middle}" y="{above}" text-anchor="middle">{words}</text>'
            '<text x="{middle}" y="{below}" text-anchor="middle">{label}</text>'
        ).format(
            now=" now" if bar.now else "",
            x=_px(middle - step * 0.32),
            y=TOP + room - height,
            width=_px(step * 0.64),
            height=height,
            middle=_px(middle),
            above=TOP + room - height - 7,
            words=bar.words if bar.value else "",
            below=BARS_HEIGHT - 10,
            label=bar.label,
        )
    ground = Markup('<path class="axis" d="M{left} {y}H{right}"/>').format(
        left=LEFT, y=TOP + room + 0.5, right=WIDTH - LEFT
    )
    return _svg(title, description, BARS_HEIGHT, drawn + ground, kind="bars")


def by_month(title: str, amounts: Mapping[date, int]) -> Markup:
    """Return a bar of yen for each month, given by its first day; the newest stands out."""
    newest = max(amounts, default=date.min)
    said = ", ".join(f"{month(each)}: {yen(amount)}" for each, amount in amounts.items())
    months = [
        Bar(format_date(each, "MMM", locale=locale()), amount, yen(amount), now=each == newest)
        for each, amount in amounts.items()
    ]
    return bars(title, said, months)


def stacked(title: str, description: str, parts: Sequence[Part]) -> Markup:
    """Return one bar that is divided, with a key below it."""
    whole = sum(part.value for part in parts) or 1
    drawn, left = Markup(), 0.0
    for place, part in enumerate(parts):
        width = WIDTH * part.value / whole
        drawn += Markup('<rect class="{tone}" x="{x}" y="0" width="{width}" height="34"/>').format(
            tone=_tone(part, place), x=_px(left), width=_px(width)
        )
        left += width
    return _svg(title, description, STACK_HEIGHT, drawn, kind="stacked") + _key(parts)


def week(
    title: str,
    description: str,
    *,
    days: Sequence[str],
    parts: Sequence[str],
    minutes: Mapping[tuple[int, int], tuple[int, str]],
    never: frozenset[tuple[int, int]] = frozenset(),
) -> Markup:
    """Return a week's hours as cells, the fuller the more time.

    Args:
        title: what it is.
        description: the same in words.
        days: words for the columns.
        parts: words for the rows, the parts of a day.
        minutes: by (day, part): how many, and the words for it.
        never: the cells in which there is never time.
    """
    drawn = Markup()
    for column, day in enumerate(days):
        drawn += Markup('<text x="{x}" y="16" text-anchor="middle">{day}</text>').format(
            x=_cell_left(column) + CELL_WIDTH // 2, day=day
        )
    for row, part in enumerate(parts):
        top = HEADS_TOP + row * (CELL_HEIGHT + CELL_GAP)
        drawn += Markup('<text x="0" y="{y}">{part}</text>').format(y=top + 22, part=part)
        for column in range(len(days)):
            drawn += _cell(column, top, *minutes.get((column, row), (0, "")))
            if (column, row) in never:
                drawn += _crossed(column, top)
    height = HEADS_TOP + len(parts) * (CELL_HEIGHT + CELL_GAP)
    width = _cell_left(len(days))
    return _svg(title, description, height, drawn, width=width, kind="week")


def _cell(column: int, top: int, minutes: int, words: str) -> Markup:
    left = _cell_left(column)
    drawn = Markup('<rect class="cell0" x="{x}" y="{y}" width="{w}" height="{h}" rx="6"/>').format(
        x=left, y=top, w=CELL_WIDTH, h=CELL_HEIGHT
    )
    if not minutes:
        return drawn
    share = min(minutes, FULL_CELL_MINUTES) / FULL_CELL_MINUTES
    return drawn + Markup(
        '<rect class="cell" x="{x}" y="{y}" width="{w}" height="5" rx="2.5"/>'
        '<text class="strong" x="{middle}" y="{words_y}" text-anchor="middle">{words}</text>'
    ).format(
        x=left + 6,
        y=top + CELL_HEIGHT - 9,
        w=_px((CELL_WIDTH - 12) * share),
        middle=left + CELL_WIDTH // 2,
        words_y=top + 19,
        words=words,
    )


def _crossed(column: int, top: int) -> Markup:
    left = _cell_left(column)
    return Markup('<path class="never" d="M{a} {b}l{w} {h}M{a} {c}l{w} -{h}"/>').format(
        a=left + 8, b=top + 6, c=top + CELL_HEIGHT - 6, w=CELL_WIDTH - 16, h=CELL_HEIGHT - 12
    )


def _cell_left(column: int) -> int:
    return DAYS_LEFT + column * (CELL_WIDTH + CELL_GAP)


def _key(parts: Sequence[Part]) -> Markup:
    rows = Markup().join(
        Markup(
            '<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{tone}" width="10" '
            'height="10" rx="2"/></svg>{label} <span class="money">{words}</span></li>'
        ).format(tone=_tone(part, place), label=part.label, words=part.words)
        for place, part in enumerate(parts)
    )
    return Markup('<ul class="key">{rows}</ul>').format(rows=rows)


def _tone(part: Part, place: int) -> str:
    return f"p{(place if part.tone is None else part.tone) % TONES}"


def _svg(
    title: str, description: str, height: int, inside: Markup, *, kind: str, width: int = WIDTH
) -> Markup:
    name = f"chart-{next(_ids)}"
    return Markup(
        '<svg class="{kind}" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
        '<desc id="{name}-d">{description}</desc>{inside}</svg>'
    ).format(
        kind=kind,
        width=width,
        height=height,
        name=name,
        title=title,
        description=description,
        inside=inside,
    )


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
