"""Cards of results, written anew once what they quote reads otherwise or is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harvestry_crdt import Change, Element, Patch, Put, Remove, SetTitle

from .base import BoardReader, Outcome
from .moderating import Asked, Restored
from .results import quotes, rewritten
from .state import State

__all__ = ["requoted"]


def requoted(state: State, outcome: Outcome, board: BoardReader) -> tuple[Change, ...]:
    """Cards of results anew, where they quote what an outcome changes or what a host waits no longer to be reworded.

    Args:
        state: After the outcome.
        outcome: Whatever the server is about to write.
        board: As it is before that.
    """
    written: dict[str, list[Change]] = {}
    for change in outcome.changes:
        if not isinstance(change, SetTitle):
            written.setdefault(change.element.id if isinstance(change, Put) else change.id, []).append(change)
    looked_at = {one.element for one in outcome.happenings if isinstance(one, Asked) and not one.asked}
    # A card that was set aside may quote what has gone meanwhile.
    returned = {one.element for one in outcome.happenings if isinstance(one, Restored)}
    touched = written.keys() | looked_at
    if not touched:
        return ()

    def element_of(id: str) -> Element | None:
        return _read_after(board.element(id), written.get(id, ()))

    return tuple(
        Patch(card.id, {"txt": text, "d": fields})
        for poll in state.deciding.polls.values()
        if not touched.isdisjoint(quotes(poll)) or not returned.isdisjoint(of.card for of in poll.rounds)
        for card, text, fields in rewritten(state.deciding, poll, element_of)
    )


def _read_after(element: Element | None, changes: Iterable[Change]) -> Element | None:
    """What an element says after changes to it, and whether it is there."""
    for change in changes:
        match change:
            case Put(element=put):
                element = put
            case Remove():
                element = None
            case Patch(values=values) if element is not None:
                element = replace(
                    element,
                    text=element.text if (text := values.get("txt")) is None else str(text),
                    payload=values.get("d", element.payload),
                    deleted=bool(values.get("del", element.deleted)),
                )
    return element
