"""The card that a result stands on, on the board: so that exports and the outline have it.

It quotes the things that were voted on as far as they are there, and is written anew when one of them goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from harvestry.core.ordering import order_key
from harvestry_crdt import Element

from .base import BoardReader
from .counting import FEWEST
from .marking import phrases, words_in
from .options import digest, is_living, words
from .plan import PollKind
from .polls import Choice, Place, Poll, Result, Round

__all__ = ["ranked", "result_card", "said"]

_SIZE: Final = (420, 260)
_GAP: Final = 40
_MOST_LINES: Final = 30
# Of each kind, where words are marked.
_MOST_PHRASES: Final = 15
_NOTHING: Final[Mapping[str, str]] = {}
_LONGEST_LABEL: Final = 80
_FARTHEST: Final = 1_000_000

_OUTCOMES: Final = {
    "consented": "Consented",
    "concerns": "Consented with concerns",
    "objections": "Objections are open",
}
_CHOICES: Final = {Choice.CONSENT: "consent", Choice.CONCERN: "concern", Choice.OBJECTION: "objection"}

Rect = tuple[int, int, int, int]


def ranked(totals: Mapping[str, int | float]) -> list[tuple[str, str]]:
    """(rank, key), the largest first; what is level shares its rank, as in `1`, `2=`, `2=`, `4`."""
    values = list(totals.values())
    order = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    ranks: list[tuple[str, str]] = []
    for key, value in order:
        above = sum(other > value for other in values)
        ranks.append((f"{above + 1}{'=' if values.count(value) > 1 else ''}", key))
    return ranks


def result_card(
    id: str, board: BoardReader, poll: Poll, of: Round, *, region: str | None, drafts: Mapping[str, str] = _NOTHING
) -> Element:
    """A new card with the result of a round, beside an element (`region`) or else below all that is there."""
    text, payload = said(board, poll, of, drafts=drafts)
    return Element(
        id=id,
        kind="card",
        geometry=_place(board, None if region is None else board.element(region)),
        parent=None,
        z=order_key(len(board.elements())),
        colour=None,
        text=text,
        style={},
        payload=payload,
        locked=1,
        deleted=False,
    )


def said(
    board: BoardReader,
    poll: Poll,
    of: Round,
    *,
    outcome: str | None = None,
    without: Iterable[str] = (),
    drafts: Mapping[str, str] = _NOTHING,
) -> tuple[str, Mapping[str, str]]:
    """What a card says: its line in the outline, and its fields.

    `outcome` is that of a consent round as it is by now, if that is another than at its end. Elements of `without` are
    just going, and are quoted no more. `drafts` are digests of what was marked, by element: words are quoted as long as
    they are those.

    Raises:
        ValueError: If the round goes on.
    """
    result = of.result
    if result is None:
        raise ValueError("a round that goes on has no result")
    gone = frozenset(without)
    fields = {"ht": "result", "question": of.question, "voted": f"{result.n} voted"}
    if result.suppressed:
        fields["note"] = f"Fewer than {FEWEST} voted, so nothing is shown that tells what one of them answered."
    lines, first = _answers(board, poll.asks.kind, result, gone, drafts)
    if lines:
        fields["answers"] = "\n".join(lines)
    if isinstance(result.mean, float) and isinstance(result.spread, tuple):
        fields["spread"] = f"Mean {result.mean:.2f}, from {result.spread[0]} to {result.spread[1]}"
    if poll.asks.kind is PollKind.BALANCE and lines:
        fields["spread"] = "0 is one answer for everybody, 100 is each place by itself."
    if (state := outcome or result.outcome) is not None:
        fields["outcome"] = first = _OUTCOMES[state]
    if result.changed:
        how = (
            "Marked before its words were changed"
            if poll.asks.kind is PollKind.MARKS
            else "Cast on an earlier version of"
        )
        fields["version"] = f"{how}: {_changed(board, result.changed, gone)}"
    return " · ".join(part for part in (of.question, fields["voted"], first) if part), fields


def _answers(
    board: BoardReader, kind: PollKind, result: Result, gone: frozenset[str], drafts: Mapping[str, str]
) -> tuple[Sequence[str], str]:
    """The lines of the card, and what came first."""
    if not result.totals:
        return (), ""
    match kind:
        case PollKind.CONSENT:
            return [f"{result.totals[choice.value]} {word}" for choice, word in _CHOICES.items()], ""
        case PollKind.FIST:
            lines = [f"{height}: {result.totals[str(height)]}" for height in range(5, -1, -1)]
            return lines, f"mean {result.mean:.2f}" if isinstance(result.mean, float) else ""
        case PollKind.DOTS | PollKind.RATING:
            return _ranking(board, result, gone)
        case PollKind.FISTS:
            return _fists(board, result, gone)
        case PollKind.BALANCE:
            return _balance(board, result, gone)
        case PollKind.MARKS:
            return _marked(board, result, {id: was for id, was in drafts.items() if id not in gone})


def _ranking(board: BoardReader, result: Result, gone: frozenset[str]) -> tuple[Sequence[str], str]:
    weights: Mapping[str, int | float] = result.mean if isinstance(result.mean, dict) else result.totals
    ranks = ranked(weights)
    lines = _at_most([f"{rank} · {_amount(result, key)} · {_label(board, key, gone)}" for rank, key in ranks])
    best = [_label(board, key, gone) for rank, key in ranks if rank in ("1", "1=")]
    return lines, ("most for " if len(best) == 1 else "level: ") + ", ".join(best[:5])


def _fists(board: BoardReader, result: Result, gone: frozenset[str]) -> tuple[Sequence[str], str]:
    if not isinstance(result.mean, dict) or not isinstance(result.median, dict):
        return (), ""
    median = result.median
    lines = [
        f"{_amount(result, key)} · median {median[key]:g} · {_label(board, key, gone)}"
        for _, key in ranked(result.mean)
    ]
    low, high = min(median.values()), max(median.values())
    return _at_most(lines), f"median {low:g}" if low == high else f"medians {low:g} to {high:g}"


def _balance(board: BoardReader, result: Result, gone: frozenset[str]) -> tuple[Sequence[str], str]:
    """Where people want most to change comes first."""
    far = {key: abs(each.wanted.median - each.today.median) for key, each in result.balance.items()}
    lines = [
        f"{_label(board, key, gone)}: today {_stands(result.balance[key].today)}, "
        f"should be {_stands(result.balance[key].wanted)}; {result.totals[key]} placed it"
        for _, key in ranked(far)
    ]
    return _at_most(lines), ""


def _marked(board: BoardReader, result: Result, drafts: Mapping[str, str]) -> tuple[Sequence[str], str]:
    """What rings true and what jars, each with how many marked it, the most first; and what rings for most."""
    rings: list[tuple[int, str]] = []
    jars: list[tuple[int, str]] = []
    for id, heat in result.heat.items():
        draft = board.element(id)
        if draft is None or not is_living(draft) or digest(draft) != drafts.get(id):
            continue
        read = words_in(words(draft))
        rings += phrases(read, heat.rings)
        jars += phrases(read, heat.jars)
    lines: list[str] = []
    for what, found in (("Rings true", rings), ("Jars", jars)):
        found.sort(key=lambda phrase: -phrase[0])
        lines += [f"{what} · {many} · {_short(phrase)}" for many, phrase in found[:_MOST_PHRASES]]
    most = [_short(phrase) for many, phrase in rings if many == rings[0][0]]
    return lines, f"rings true for most: {', '.join(most[:5])}" if most else ""


def _stands(place: Place) -> str:
    return f"{place.median:g} ({place.spread[0]} to {place.spread[1]})"


def _at_most(lines: Sequence[str]) -> Sequence[str]:
    """As many of them as a card holds, and how many more there are."""
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more} more"]


def _amount(result: Result, element: str) -> str:
    if isinstance(result.mean, dict) and isinstance(result.spread, dict):
        low, high = result.spread[element]
        return f"{result.mean[element]:.2f} ({low} to {high}, {result.totals[element]} rated it)"
    count = result.totals[element]
    return f"{count} dot{'' if count == 1 else 's'}"


def _label(board: BoardReader, id: str, gone: frozenset[str]) -> str:
    element = board.element(id)
    if element is None or not is_living(element) or id in gone:
        return "something that is no longer there"
    return _short(" ".join(words(element).split()) or "an empty note")


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LABEL else line[: _LONGEST_LABEL - 1].rstrip() + "…"


def _changed(board: BoardReader, changed: Sequence[str], gone: frozenset[str]) -> str:
    labels = ", ".join(_label(board, id, gone) for id in changed[:5])
    more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return f"{labels}{more}"


# ---- where it stands -----------------------------------------------------------------------------------------------


def _place(board: BoardReader, region: Element | None) -> Rect:
    """Beside the region, or below everything; never over what stands there."""
    width, height = _SIZE
    taken = [element.geometry for element in board.elements().values() if _takes_room(element)]
    if region is None or region.deleted:
        x = min((left for left, _, _, _ in taken), default=0)
        y = max((top + tall for _, top, _, tall in taken), default=-_GAP) + _GAP
    else:
        left, top, wide, _ = _on_the_board(board, region)
        x, y = left + wide + _GAP, top
        # From the top down: a card that moves below one thing may come to stand on the next.
        for other in sorted(taken, key=lambda rect: rect[1]):
            if _overlap((x, y, width, height), other):
                y = other[1] + other[3] + _GAP
    return min(x, _FARTHEST), min(y, _FARTHEST), width, height


def _takes_room(element: Element) -> bool:
    return element.parent is None and not element.deleted and element.kind != "conn"


def _on_the_board(board: BoardReader, element: Element) -> Rect:
    x, y, width, height = element.geometry
    seen = {element.id}
    while element.parent is not None and element.parent not in seen:
        above = board.element(element.parent)
        if above is None:
            break
        x, y = x + above.geometry[0], y + above.geometry[1]
        seen.add(above.id)
        element = above
    return x, y, width, height


def _overlap(one: Rect, other: Rect) -> bool:
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
