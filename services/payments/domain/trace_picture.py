"""A trace as a picture: SVG, left to right, as wide as the money is; in light and dark."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from services.payments.domain.trace import Flow, Lane, Node, standings

BOX_WIDTH: Final = 168
BOX_HEIGHT: Final = 52
GAP: Final = 30
COLUMN: Final = 300
MARGIN: Final = 24
HEADING: Final = 76
WIDEST: Final = 22.0
NARROWEST: Final = 1.5
# More boxes than these are put together by account.
BOXES: Final = 40

# How far right an account stands; who gives from outside is first, who takes is last.
_COLUMNS: Final[Mapping[str, int]] = {
    "liability:client_credit": 1,
    "liability:escrow": 2,
    "liability:assistant_payable": 3,
    "liability:refunds_payable": 3,
    "income:platform_fee": 3,
    "liability:consumption_tax": 3,
    "liability:withholding": 3,
    "liability:payout_in_transit": 4,
    "income:transfer_fee": 4,
    "asset:processor_balance": 1,
    "asset:bank": 1,
    "asset:dispute_receivable": 2,
    "expense:processor_fee": 2,
    "expense:dispute_fee": 2,
    "asset:payee_balance": 2,
    "expense:chargeback_loss": 3,
    "asset:assistant_receivable": 3,
    "asset:cash_in_transit": 3,
}
_LAST: Final = 5
_HEADINGS: Final = {Lane.CLAIMS: "Whose it is", Lane.PLACES: "Where it lies"}
_KINDS: Final = ("asset", "liability", "income", "expense", "outside")

_STYLE: Final = """
svg { background: #fff; }
text { font: 13px system-ui, sans-serif; fill: #1c2430; }
.heading { font-weight: 600; font-size: 15px; }
.small { font-size: 11px; fill: #5a6676; }
.amount { font-size: 11.5px; text-anchor: middle; stroke: #fff; stroke-width: 4px;
  paint-order: stroke; }
rect { fill: #f4f6f9; stroke: #8a97a8; rx: 8px; }
.outside { fill: #fff; stroke-dasharray: 4 3; }
.liability { fill: #e8f0fe; stroke: #4a7bd0; }
.income { fill: #e6f5ea; stroke: #3c9158; }
.expense { fill: #fdeeea; stroke: #c2613d; }
path { fill: none; stroke: #4a7bd0; stroke-opacity: .38; }
.back { stroke: #c2613d; stroke-dasharray: 6 4; }
@media (prefers-color-scheme: dark) {
  svg { background: #12161c; }
  text { fill: #e6eaf0; }
  .small { fill: #a3aebd; }
  .amount { stroke: #12161c; }
  rect { fill: #1d242e; stroke: #6f7d90; }
  .outside { fill: #12161c; }
  .liability { fill: #18263f; }
  .income { fill: #15301e; }
  .expense { fill: #3a2018; }
  path { stroke-opacity: .55; }
}
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place; a giver and a taker outside are two boxes."""

    node: Node
    column: int
    x: int
    y: int


Key = tuple[Node, bool]  # the bool: whether it stands at the right edge, outside


def picture(title: str, flows: Sequence[Flow], currency: str) -> str:
    """Return the picture of flows as SVG, with a title and a description for who can't see it."""
    shown = _together(flows)
    largest = max((each.amount for each in shown), default=1)
    parts: list[str] = []
    top = MARGIN
    columns = 1
    for lane in Lane:
        of_lane = [each for each in shown if each.lane is lane]
        if of_lane:
            boxes, height = _place(of_lane, top)
            parts += _draw(lane, of_lane, boxes, top, largest)
            columns = max(columns, *(box.column + 1 for box in boxes.values()))
            top += height
    width = 2 * MARGIN + COLUMN * (columns - 1) + BOX_WIDTH
    told = f"{escape(title)}: {_description(flows, currency)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" '
        f'height="{top}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{told}</desc>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _together(flows: Sequence[Flow]) -> list[Flow]:
    """Add up the flows between the same two nodes; by account where there are too many nodes."""
    nodes = {node for flow in flows for node in (flow.giver, flow.taker)}
    by_account = len(nodes) > BOXES
    sums: Counter[tuple[Lane, Node, Node]] = Counter()
    for flow in flows:
        giver, taker = flow.giver, flow.taker
        if by_account:
            giver, taker = Node(giver.account), Node(taker.account)
        sums[flow.lane, giver, taker] += flow.amount
    like = flows[0] if flows else None
    return [
        like._replace(lane=lane, giver=giver, taker=taker, amount=amount)
        for (lane, giver, taker), amount in sums.items()
        if like
    ]


def _place(flows: Sequence[Flow], top: int) -> tuple[dict[Key, Box], int]:
    """Return where the boxes of a lane stand, and how high it is."""
    keys: dict[Key, None] = {}
    for flow in flows:
        keys |= {(flow.giver, False): None, (flow.taker, flow.taker.outside): None}
    used = sorted({_column(key) for key in keys})
    ranks = {column: rank for rank, column in enumerate(used)}
    stacks: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        stacks[ranks[_column(key)]].append(key)
    ends = [
        (ranks[_column((each.giver, False))], ranks[_column((each.taker, each.taker.outside))])
        for each in flows
    ]
    boxes, tallest = {}, 0
    for rank, stack in stacks.items():
        # What passes by a column on its way further has the first row to itself.
        passed = any(start < rank < end for start, end in ends)
        for row, key in enumerate(stack, start=int(passed)):
            y = top + HEADING - 36 + row * (BOX_HEIGHT + GAP)
            boxes[key] = Box(key[0], rank, MARGIN + rank * COLUMN, y)
            tallest = max(tallest, row + 1)
    return boxes, HEADING + tallest * (BOX_HEIGHT + GAP)


def _column(key: Key) -> int:
    node, at_the_end = key
    if node.outside:
        return _LAST if at_the_end else 0
    return _COLUMNS.get(node.account, 3)


def _draw(
    lane: Lane, flows: Sequence[Flow], boxes: Mapping[Key, Box], top: int, largest: int
) -> list[str]:
    there = {each.node: each.there for each in standings(flows)}
    parts = [f'<text class="heading" x="{MARGIN}" y="{top + 14}">{_HEADINGS[lane]}</text>']
    leaving: Counter[Key] = Counter()
    arriving: Counter[Key] = Counter()
    labels = []
    for flow in flows:
        giver, taker = (flow.giver, False), (flow.taker, flow.taker.outside)
        leaving[giver] += 1
        arriving[taker] += 1
        start, end = boxes[giver], boxes[taker]
        width = max(NARROWEST, WIDEST * flow.amount / largest)
        line, label = _arrow(start, end, leaving[giver], arriving[taker])
        back = ' class="back"' if end.column <= start.column else ""
        parts.append(f'<path{back} d="{line}" stroke-width="{width:.1f}"/>')
        x, y = label
        labels.append(f'<text class="amount" x="{x}" y="{y}">{flow.amount:,}</text>')
    parts += [_box(box, None if box.node.outside else there[box.node]) for box in boxes.values()]
    return parts + labels


def _arrow(start: Box, end: Box, leaves: int, arrives: int) -> tuple[str, tuple[int, int]]:
    """Return the line from one box to another, and where its amount stands."""
    y1 = start.y + min(BOX_HEIGHT - 8, 6 + 10 * leaves)
    y2 = end.y + min(BOX_HEIGHT - 8, 6 + 10 * arrives)
    if end.column > start.column:
        x1, x2 = start.x + BOX_WIDTH, end.x
        bend = (COLUMN - BOX_WIDTH) // 2
        # Beside the taker, where the lines have parted.
        label = x2 - 40, y2 - (y2 > y1) * 2 + (y2 < y1) * 10
        return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}", label
    x1, x2 = start.x, end.x + BOX_WIDTH
    below = max(start.y, end.y) + BOX_HEIGHT + GAP // 2
    label = (x1 + x2) // 2, below + 4
    return f"M{x1} {y1} C{x1 - 60} {below} {x2 + 60} {below} {x2} {y2}", label


def _box(box: Box, there: int | None) -> str:
    kind = box.node.account.partition(":")[0]
    assert kind in _KINDS  # noqa: S101  (it becomes a class of the style sheet)
    x = box.x + 10
    whose = (box.node.owner or "")[-12:]
    small = "outside of the books" if there is None else f"still there: {there:,}"
    return (
        f'<g><rect class="{kind}" x="{box.x}" y="{box.y}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}"/>'
        f'<text x="{x}" y="{box.y + 19}">{escape(name_of(box.node))}</text>'
        f'<text class="small" x="{x}" y="{box.y + 33}">{escape(whose)}</text>'
        f'<text class="small" x="{x}" y="{box.y + 46}">{small}</text></g>'
    )


def name_of(node: Node) -> str:
    """Return an account's name as people say it: `liability:assistant_payable` is two words."""
    return node.account.partition(":")[2].replace("_", " ").capitalize()


def _description(flows: Iterable[Flow], currency: str) -> str:
    """Return the claims in words, one after the other."""
    told = [
        f"{each.amount:,} {currency} from {name_of(each.giver)} to {name_of(each.taker)}"
        for each in flows
        if each.lane is Lane.CLAIMS
    ]
    return escape("; ".join(told[:BOXES]) or "no money has moved") + "."
