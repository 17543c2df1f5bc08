"""Frames in frames: who stands in whom, as a mapping from child to parent, and what follows from it.

Two people can put two frames into each other at once; so loops are possible, and everything here ends all the same.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from typing import TypeAlias

from harvestry_crdt import LIMITS

__all__ = ["Geometry", "corners", "depths", "standing", "without_loops"]

# x, y, width, height.
Geometry: TypeAlias = tuple[int, int, int, int]


def without_loops(parents: Mapping[str, str]) -> dict[str, str]:
    """The same, with each loop of frames opened at the smallest id, as the browser opens it."""
    done: set[str] = set()
    free: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        current = start
        while current in parents and current not in done and current not in path:
            path[current] = len(path)
            current = parents[current]
        if current in path:
            free.add(min(list(path)[path[current] :]))
        done.update(path)
    return {child: parent for child, parent in parents.items() if child not in free}


def standing(
    geometries: Mapping[str, Geometry], parents: Mapping[str, str], *, gone: Collection[str]
) -> tuple[dict[str, Geometry], dict[str, str]]:
    """Where everything stands once some are gone: in the next frame above that is there, at the same place.

    Returns:
        Geometries relative to parents, and the parents, without loops and without what is gone.
    """
    held = without_loops(parents)
    depth = depths(geometries, held)
    places = corners(geometries, held)
    kept: dict[str, str] = {}
    moved: dict[str, Geometry] = {}
    above: dict[str, str | None] = {}
    far = LIMITS["coordinate"]
    for own_id in sorted(geometries, key=lambda each: depth[each]):
        former = held.get(own_id)
        parent = None if former is None else above[former]
        above[own_id] = parent if own_id in gone else own_id
        if own_id in gone:
            continue
        x, y, w, h = geometries[own_id]
        if parent != former:
            (x, y), (left, top) = places[own_id], (0, 0) if parent is None else places[parent]
            x, y = max(-far, min(far, x - left)), max(-far, min(far, y - top))
        moved[own_id] = (x, y, w, h)
        if parent is not None:
            kept[own_id] = parent
    return moved, kept


def _upward(start: str, parents: Mapping[str, str], known: Container[str]) -> list[str]:
    """From the first ancestor that is not known down to the thing itself."""
    path = []
    current: str | None = start
    while current is not None and current not in known:
        path.append(current)
        current = parents.get(current)
    return path[::-1]


def depths(ids: Iterable[str], parents: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for own_id in ids:
        for each in _upward(own_id, parents, found):
            found[each] = found[parents[each]] + 1 if each in parents else 0
    return found


def corners(geometries: Mapping[str, Geometry], parents: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """The absolute corner of everything."""
    found: dict[str, tuple[int, int]] = {}
    for own_id in geometries:
        for each in _upward(own_id, parents, found):
            x, y = found[parents[each]] if each in parents else (0, 0)
            found[each] = (x + geometries[each][0], y + geometries[each][1])
    return found
