"""Form encoding as Stripe's libraries send it, read back into nested values.

Written apart from the simulator's own reader, so that one can find the other's mistakes.
"""

import re
from typing import Any
from urllib.parse import unquote_plus

_PART = re.compile(r"\[([^\]]*)\]")

Tree = dict[str, Any]


def decoded(text: str) -> Tree:
    """Return the nested parameters of `a[b][0]=c&d=e`; every leaf is text."""
    tree: Tree = {}
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        _insert(tree, unquote_plus(name), unquote_plus(value))
    grown: Tree = {name: _grown(each) for name, each in tree.items()}
    return grown


def _insert(tree: Tree, name: str, value: str) -> None:
    head = name.split("[", 1)[0]
    keys = [head, *_PART.findall(name[len(head) :])]
    node = tree
    for key in keys[:-1]:
        node = node.setdefault(key or f"{len(node)}", {})
    node[keys[-1] or f"{len(node)}"] = value


def _grown(node: Any) -> Any:
    """Turn what is numbered from 0 on into a list."""
    if not isinstance(node, dict):
        return node
    if list(node) == [str(index) for index in range(len(node))]:
        return [_grown(each) for each in node.values()]
    return {key: _grown(each) for key, each in node.items()}
