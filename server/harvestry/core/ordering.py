"""The painter's order: what lies over what, and keys that sort as the things they order.

The keys are in the format of fractional indexing. Only whole positions are made here: what lies between two of them is
the browser's business, whose library reads these keys as its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from harvestry_crdt import Element

__all__ = ["order_key", "painted", "position_above"]

_LONGEST = 8
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def order_key(position: int) -> str:
    """The key of a position counted from 0: `a0` … `az`, then `b00` … `bzz`, and so on; longer heads sort later.

    Raises:
        ValueError: If the position is negative.
    """
    if position < 0:
        raise ValueError(f"expected a position of at least 0, got {position}")
    width = 1
    while position >= len(DIGITS) ** width:
        position -= len(DIGITS) ** width
        width += 1
    digits = ""
    for _ in range(width):
        position, digit = divmod(position, len(DIGITS))
        digits = DIGITS[digit] + digits
    return "abcdefghijklmnopqrstuvwxyz"[width - 1] + digits


def position_above(key: str) -> int:
    """The first position whose key sorts after any key that a browser may have made."""
    head = key[:1]
    if not "a" <= head <= "y":
        return 0
    # A head of more digits than anybody counts to is no position; what lies there stays on top.
    width = min(ord(head) - ord("a") + 1, _LONGEST)
    position = 0
    for shorter in range(1, width):
        position += len(DIGITS) ** shorter
    value = 0
    for digit in key[1 : width + 1].ljust(width, "0"):
        value = value * len(DIGITS) + DIGITS.index(digit)
    return position + value + 1


def painted(elements: Iterable[Element], parents: Mapping[str, str]) -> list[Element]:
    """From the bottom up: a frame before what is in it, frames before other things beside them, then by (z, id).

    Args:
        elements: What is painted; every parent is among them.
        parents: Child to parent, without loops.
    """
    inside: defaultdict[str | None, list[Element]] = defaultdict(list)
    for element in sorted(elements, key=lambda each: (each.kind != "frame", each.z, each.id), reverse=True):
        inside[parents.get(element.id)].append(element)
    order: list[Element] = []
    waiting = inside[None]
    while waiting:
        order.append(waiting.pop())
        waiting.extend(inside.get(order[-1].id, ()))
    return order
