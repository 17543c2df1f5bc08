"""Frames in frames: who stands in whom, as a mapping from child to parent, and what follows from it.

Two people can put two frames into each other at once; so loops are possible, and everything here ends all the same.
"""

from collections.abc import Container, Iterable, Mapping

__all__ = ["corners", "depths", "without_loops"]


def without_loops(parents: Mapping[str, str]) -> dict[str, str]:
    """The same, without the frames that stand in each other: all of a loop stand free."""
    done: set[str] = set()
    looped: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        current = start
        while current in parents and current not in done and current not in path:
            path[current] = len(path)
            current = parents[current]
        if current in path:
            looped.update(list(path)[path[current] :])
        done.update(path)
    return {child: parent for child, parent in parents.items() if child not in looped}


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


def corners(
    geometries: Mapping[str, tuple[int, int, int, int]], parents: Mapping[str, str]
) -> dict[str, tuple[int, int]]:
    """The absolute corner of everything."""
    found: dict[str, tuple[int, int]] = {}
    for own_id in geometries:
        for each in _upward(own_id, parents, found):
            x, y = found[parents[each]] if each in parents else (0, 0)
            found[each] = (x + geometries[each][0], y + geometries[each][1])
    return found
