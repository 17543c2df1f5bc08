"""Which region a thing lies in, as the documentation has it and without anything of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["region_of"]

View = Mapping[str, Mapping[str, Any]]


def region_of(
    view: View, id: str, outlines: Mapping[str, str], rectangle: Callable[[Any, str], Sequence[float]]
) -> str | None:
    """The key of the region that an element lies in, if any.

    Args:
        view: The board, by id.
        outlines: The key of each region by its frame, inner ones first.
        rectangle: Where a frame stands in that view: x, y, width and height.
    """
    seen: set[str] = set()
    while True:
        if id in seen:
            return None
        seen.add(id)
        parent = view[id].get("p")
        if parent in outlines:
            return outlines[parent]
        if parent is None or parent not in view:
            break
        id = parent
    if view[id]["t"] == "conn":
        end = view[id]["d"]["a"]
        end = end.get("id") if isinstance(end, dict) else end
        if end is not None:
            return None if end not in view or view[end]["t"] == "conn" else region_of(view, end, outlines, rectangle)
    x, y, w, h = view[id]["g"]
    for frame, key in outlines.items():
        left, top, width, height = rectangle(view, frame)
        if left <= x + w / 2 <= left + width and top <= y + h / 2 <= top + height:
            return key
    return None
