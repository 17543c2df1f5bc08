"""Where things lie on a board that is held as plain elements: in which region, and at which place."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from harvestry_crdt import LIMITS, Element

from .plan import Plan

__all__ = ["Ground", "around", "frames_of", "within"]

# Frames in frames; more than anybody makes, and a loop ends here.
_DEEPEST: Final = 32
_FARTHEST: Final = LIMITS["coordinate"]


def frames_of(plan: Plan) -> Mapping[str, str]:
    """The key of each region that stands on the board, by its frame; outer ones before those within."""
    return {region.element: region.key for region in plan.regions if region.element is not None}


def within(plan: Plan, key: str) -> frozenset[str]:
    """A region and all regions in it."""
    found = {key}
    for region in plan.regions:
        if region.within in found:
            found.add(region.key)
    return frozenset(found)


def around(plan: Plan, key: str) -> frozenset[str]:
    """A region and all regions it lies in."""
    found: set[str] = set()
    at: str | None = key
    while at is not None and (region := plan.region(at)) is not None:
        found.add(at)
        at = region.within
    return frozenset(found)


class Ground:
    """A board and its regions, by the same rules as edits are judged by.

    Args:
        elements: All of it by id, deleted ones too.
        frames: The key of each region by its frame, outer ones before those within.
    """

    def __init__(self, elements: Mapping[str, Element], frames: Mapping[str, str]) -> None:
        self.elements = elements
        self._frames = frames
        self._boxes = [(key, self._climb(id, ())[1]) for id, key in frames.items() if self.lives(id)][::-1]

    def lives(self, id: str) -> bool:
        """Whether it is there and not deleted."""
        element = self.elements.get(id)
        return element is not None and not element.deleted

    def region_of(self, id: str) -> str | None:
        """The innermost region something lies in: by what it stands in, or if in nothing, by its middle."""
        elements, frames = self.elements, self._frames
        element = elements.get(id)
        for _ in range(_DEEPEST):
            if element is None:
                return None
            above = elements.get(element.parent or "")
            if above is None:
                break
            if above.id in frames:
                return frames[above.id]
            element = above
        else:
            return None
        if element.kind == "conn" and (end := _beginning(element)) is not None:
            there = elements.get(end)
            return None if there is None or there.kind == "conn" else self.region_of(end)
        x, y, wide, tall = element.geometry
        across, down = x + wide / 2, y + tall / 2
        around = (key for key, (left, top, w, h) in self._boxes if 0 <= across - left <= w and 0 <= down - top <= h)
        return next(around, None)

    def stand(self, id: str, there: Container[str]) -> tuple[str | None, tuple[int, int, int, int]]:
        """Where something stands when only some things are there: in the next of them above it, at the same place.

        Where nothing above it is, that is in the frame of the region it lies in.

        Returns:
            The parent, and the geometry relative to it.
        """
        parent, geometry = self._climb(id, there)
        if parent is None and self.elements[id].parent is not None and (key := self.region_of(id)) is not None:
            frame = next(frame for frame, other in self._frames.items() if other == key)
            if frame in there:
                x, y, w, h = geometry
                left, top, _, _ = self._climb(frame, ())[1]
                return frame, (_bounded(x - left), _bounded(y - top), w, h)
        return parent, geometry

    def _climb(self, id: str, there: Container[str]) -> tuple[str | None, tuple[int, int, int, int]]:
        element = self.elements[id]
        x, y, w, h = element.geometry
        parent = element.parent
        for _ in range(_DEEPEST):
            if parent is None or parent in there:
                break
            above = self.elements.get(parent)
            if above is None:
                parent = None
                break
            x, y, parent = x + above.geometry[0], y + above.geometry[1], above.parent
        else:
            # Frames in a circle stand nowhere, and neither does what is in them.
            (x, y, _, _), parent = element.geometry, None
        return parent, (_bounded(x), _bounded(y), w, h)


def _bounded(coordinate: int) -> int:
    return max(-_FARTHEST, min(_FARTHEST, coordinate))


def _beginning(element: Element) -> str | None:
    """The element that a connector begins at."""
    end = element.payload.get("a") if isinstance(element.payload, Mapping) else None
    id = end.get("id") if isinstance(end, Mapping) else None
    return id if isinstance(id, str) else None
