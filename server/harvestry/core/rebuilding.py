"""What a board's new history is made of: the same board, or the board without what is to be erased.

Whoever erases means the words, wherever they are: a note goes with all its text, a person goes with everything they
made and with what they typed into the notes of others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from harvestry_crdt import Board, DamagedBoard, Element, digest_of, striking, written_keys

from .access import SeatId, holder_of_seat
from .errors import HarvestryError
from .gathering.gathering import rows_about, unquoted
from .nesting import standing
from .ports import Erasure, Rebuilt, StoredBoard

__all__ = ["UnknownElement", "UnknownSeat", "Wish", "erased", "is_worthwhile", "rebuilt"]

# A rebuilt board sends everybody who has a copy for a new one, so it has to save much: of the board itself, which
# everybody loads, or of the log and the snapshots, which only fill the disk.
_BOARD_RATIO = 4
_STORE_RATIO = 16
_DAY_S = 24 * 3_600


class UnknownElement(HarvestryError):
    """There is no such element on the board."""


class UnknownSeat(HarvestryError):
    """Nobody of that seat was ever here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be erased of a board.

    Attributes:
        elements: By id.
        seats: People, with all they made and typed.
        deleted: Whatever people have deleted.
    """

    elements: frozenset[str] = frozenset()
    seats: frozenset[SeatId] = frozenset()
    deleted: bool = False

    @classmethod
    def of(cls, erasures: Collection[Erasure]) -> Wish:
        """To erase again what a list names."""
        return cls(
            frozenset(erasure.target for erasure in erasures if erasure.kind == "element"),
            frozenset(SeatId(erasure.target) for erasure in erasures if erasure.kind == "seat"),
        )


def rebuilt(stored: StoredBoard, *, client_id: int, leap: int = 1) -> Rebuilt:
    """The same board.

    Args:
        stored: As loaded.
        client_id: What the server writes it under; it may occur nowhere in the old history.
        leap: How far the epoch goes on.

    Raises:
        DamagedBoard: If it does not load, or if what was made does not read the same.
    """
    board = Board.load(stored.state, stored.updates, client_id=client_id)
    try:
        state = board.rebuilt(client_id=client_id)
        if digest_of(state).view != digest_of(stored.state, stored.updates).view:
            raise DamagedBoard("the rebuilt board does not read as the board")
        return _history(stored, board, state, client_id, leap, frozenset())
    finally:
        board.close()


def is_worthwhile(stored: StoredBoard, history: Rebuilt, *, size: int) -> bool:
    """Whether rebuilding saves so much that it should be done unasked.

    Args:
        stored: The board as it is.
        history: What would take its place.
        size: Bytes of its log and snapshots.
    """
    encoded = len(stored.state or b"") + sum(map(len, stored.updates))
    after = len(history.state)
    return encoded > _BOARD_RATIO * after or size > _STORE_RATIO * after


def erased(
    stored: StoredBoard, wish: Wish, *, client_id: int, at: int, leap: int = 1, strict: bool = True
) -> tuple[Rebuilt, frozenset[str]]:
    """The board without what is to go, and the elements that went.

    Args:
        stored: As loaded.
        wish: What is to go.
        client_id: What the server writes it under; it may occur nowhere in the old history.
        at: Unix time in seconds, for the list.
        leap: How far the epoch goes on.
        strict: Refuse to erase what is not there.

    Raises:
        UnknownElement: If an element is not there.
        DamagedBoard: If the board does not load, or if what was made does not read as it should.
    """
    board = Board.load(stored.state, stored.updates, client_id=client_id)
    try:
        elements = board.elements()
        if strict and (missing := wish.elements - elements.keys()):
            raise UnknownElement(min(missing))
        gone = {id for id in wish.elements if id in elements}
        if wish.deleted:
            gone |= {element.id for element in elements.values() if element.deleted}
        holders = {holder_of_seat(seat) for seat in wish.seats}
        gone |= {id for id, holder in stored.authors.items() if holder in holders and id in elements}
        clients = frozenset(client for client, holder in stored.leases.items() if holder in holders)
        patches: dict[str, dict[str, object]] = {}
        if clients:
            encoded = board.encode()
            board.close()
            board = Board.load(encoded, [striking(encoded, clients)], client_id=client_id)
            elements = board.elements()
            for id, keys in written_keys(encoded, clients).items():
                if id in elements and id not in gone and not _unword(elements[id], keys, patches):
                    gone.add(id)
        left = {id: element for id, element in elements.items() if id not in gone}
        changes, kept = unquoted(stored.happenings, stored.vault, left, gone)
        if changes:
            board.write(changes)
            board.commit()
            elements = board.elements()
        _lift(elements, gone, patches)
        state = board.rebuilt(client_id=client_id, without=gone, patches=patches)
        _verify(state, elements, gone, patches)
        # What is not there any more may be in a backup.
        # Its day is enough: to the second, it would tell which notes without a name were taken back with which others.
        day = at // _DAY_S * _DAY_S
        listed = [Erasure("element", id, day) for id in sorted(gone | wish.elements)]
        listed += [Erasure("seat", seat, day) for seat in sorted(wish.seats)]
        history = _history(stored, board, state, client_id, leap, frozenset(gone), listed, wish.seats)
        rows = rows_about(stored.vault, frozenset(gone) | wish.elements, wish.seats)
        rows |= {key for key, body in kept.items() if body is None}
        pruned = {key: body for key, body in kept.items() if body is not None and key not in rows}
        return replace(history, rows=rows, pruned=pruned), frozenset(gone)
    finally:
        board.close()


def _history(
    stored: StoredBoard,
    board: Board,
    state: bytes,
    client_id: int,
    leap: int,
    gone: frozenset[str],
    erasures: Collection[Erasure] = (),
    forgotten: frozenset[SeatId] = frozenset(),
) -> Rebuilt:
    left = board.elements().keys() - gone
    return Rebuilt(
        board=stored.board,
        after=(stored.epoch, stored.seq),
        epoch=stored.epoch + leap,
        state=state,
        # What was written only to be rebuilt was never known to anybody.
        retired=(board.known_client_ids() - {client_id}) | stored.leases.keys(),
        authors={id: holder for id, holder in stored.authors.items() if id in left},
        title=board.title,
        erasures=tuple(erasures),
        forgotten=forgotten,
    )


def _unword(element: Element, keys: Collection[str], patches: dict[str, dict[str, object]]) -> bool:
    """Take the words out of values that somebody put into another's element; false if nothing else is in there."""
    changed = patches.setdefault(element.id, {})
    if "s" in keys:
        changed["s"] = {name: value for name, value in element.style.items() if not isinstance(value, str)} or None
    if "d" in keys:
        if element.kind == "ink":
            return False
        if isinstance(element.payload, Mapping) and element.kind in ("conn", "image"):
            changed["d"] = {name: value for name, value in element.payload.items() if name not in ("label", "alt")}
    if not changed:
        del patches[element.id]
    return True


def _lift(elements: Mapping[str, Element], gone: Collection[str], patches: dict[str, dict[str, object]]) -> None:
    """What stands in a frame that goes stays where it is, in the next frame above."""
    parents = {e.id: e.parent for e in elements.values() if e.parent in elements}
    if not any(parent in gone for parent in parents.values()):
        return
    geometries = {element.id: element.geometry for element in elements.values()}
    moved, kept = standing(geometries, {child: parent for child, parent in parents.items() if parent}, gone=gone)
    for child, parent in parents.items():
        if parent in gone and child not in gone:
            patches.setdefault(child, {}).update(g=list(moved[child]), p=kept.get(child))


def _verify(
    state: bytes,
    elements: Mapping[str, Element],
    gone: Collection[str],
    patches: Mapping[str, Mapping[str, object]],
) -> None:
    again = Board.load(state, (), client_id=1)
    try:
        left = again.elements()
    finally:
        again.close()
    if left.keys() != elements.keys() - set(gone) or any(
        left[id] != element for id, element in elements.items() if id in left and id not in patches
    ):
        raise DamagedBoard("the rebuilt board does not read as the board without what was to go")
