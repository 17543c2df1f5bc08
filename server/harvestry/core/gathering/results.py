"""The card that a result stands on, on the board: so that exports and the outline have it.

It quotes the things that were voted on as far as they are there, and is written anew when one of them goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from harvestry.core.errors import InvalidState
from harvestry.core.ordering import order_key
from harvestry_crdt import Element

from .base import BoardReader
from .counting import FEWEST
from .marking import phrases, words_in
from .options import digest, is_living, words
from .plan import PollKind
from .polls import Choice, Deciding, Place, Poll, Result, Round

__all__ = ["outcome_of", "quotes", "ranked", "result_card", "rewritten", "said"]

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
# Kinds that tell nothing of a thing that few said something of.
_TOLD_EACH: Final = frozenset({PollKind.RATING, PollKind.FISTS, PollKind.BALANCE, PollKind.MARKS})
_CHOICES: Final = {Choice.CONSENT: "consent", Choice.CONCERN: "concern", Choice.OBJECTION: "objection"}

Rect = tuple[int, int, int, int]
ElementOf = Callable[[str], Element | None]


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
    text, payload = said(board.element, poll, of, drafts=drafts)
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
    element_of: ElementOf,
    poll: Poll,
    of: Round,
    *,
    outcome: str | None = None,
    drafts: Mapping[str, str] = _NOTHING,
) -> tuple[str, Mapping[str, str]]:
    """What a card says: its line in the outline, and its fields.

    What `element_of` does not find there is quoted no more. `outcome` is that of a consent round as it is by now, if
    that is another than at its end. `drafts` are digests of what was marked, by element: words are quoted as long as
    they are those.

    Raises:
        ValueError: If the round goes on.
    """
    result = of.result
    if result is None:
        raise ValueError("a round that goes on has no result")
    fields = {"ht": "result", "question": of.question, "voted": f"{result.n} voted"}
    if result.suppressed:
        fields["note"] = f"Fewer than {FEWEST} voted, so nothing is shown that tells what one of them answered."
    lines, first = _answers(element_of, poll.asks.kind, result, drafts)
    if poll.asks.kind in _TOLD_EACH and not result.suppressed and not result.totals:
        fields["note"] = f"Fewer than {FEWEST} said something of each, so nothing is shown of any."
    if lines:
        fields["answers"] = "\n".join(lines)
    if isinstance(result.mean, float) and isinstance(result.spread, tuple):
        fields["spread"] = f"Mean {result.mean:.2f}, from {result.spread[0]} to {result.spread[1]}"
    if poll.asks.kind is PollKind.BALANCE and lines:
        fields["scale"] = "0 is one answer for everybody, 100 is each place by itself."
    if (state := outcome or result.outcome) is not None:
        fields["outcome"] = first = _OUTCOMES[state]
    if result.changed:
        how = (
            "Marked before its words were changed"
            if poll.asks.kind is PollKind.MARKS
            else "Cast on an earlier version of"
        )
        fields["version"] = f"{how}: {_changed(element_of, result.changed)}"
    return " · ".join(part for part in (of.question, fields["voted"], first) if part), fields


def rewritten(
    deciding: Deciding, poll: Poll, element_of: ElementOf
) -> Iterator[tuple[Element, str, Mapping[str, str]]]:
    """The cards of a poll that are there and read otherwise by now, each with what it should say."""
    drafts = {} if (wording := deciding.wordings.get(poll.id)) is None else wording.words
    for number, of in enumerate(poll.rounds, start=1):
        card = None if of.card is None else element_of(of.card)
        if card is None or card.deleted or of.result is None:
            continue
        text, fields = said(element_of, poll, of, outcome=outcome_of(deciding, poll, number), drafts=drafts)
        if (card.text, card.payload) != (text, fields):
            yield card, text, fields


def quotes(poll: Poll) -> frozenset[str]:
    """The elements that cards of a poll may quote."""
    results = [of.result for of in poll.rounds if of.result is not None]
    return frozenset(id for result in results for id in (*result.totals, *result.changed))


def outcome_of(deciding: Deciding, poll: Poll, number: int) -> str | None:
    """Of a consent round, as it is by now: with all its objections met, it was consented with concerns."""
    result = poll.rounds[number - 1].result
    if result is None or result.outcome != "objections":
        return None if result is None else result.outcome
    own = [each for each in deciding.reasons.values() if each.poll == poll.id and each.round == number]
    objections = [each for each in own if each.choice is Choice.OBJECTION]
    # One that was erased with a person was not met. With few voters it is not told how many there were.
    is_whole = len(objections) >= result.totals.get(Choice.OBJECTION.value, 1)
    return "concerns" if is_whole and all(each.met for each in objections) else "objections"


def _answers(
    element_of: ElementOf, kind: PollKind, result: Result, drafts: Mapping[str, str]
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
            return _ranking(element_of, result)
        case PollKind.FISTS:
            return _fists(element_of, result)
        case PollKind.BALANCE:
            return _balance(element_of, result)
        case PollKind.MARKS:
            return _marked(element_of, result, drafts)


def _ranking(element_of: ElementOf, result: Result) -> tuple[Sequence[str], str]:
    weights: Mapping[str, int | float] = result.mean if isinstance(result.mean, dict) else result.totals
    ranks = ranked(weights)
    lines = _at_most([f"{rank} · {_amount(result, key)} · {_label(element_of, key)}" for rank, key in ranks])
    best = [_label(element_of, key) for rank, key in ranks if rank in ("1", "1=")]
    return lines, ("most for " if len(best) == 1 else "level: ") + ", ".join(best[:5])


def _fists(element_of: ElementOf, result: Result) -> tuple[Sequence[str], str]:
    if not isinstance(result.mean, dict) or not isinstance(result.median, dict):
        return (), ""
    median = result.median
    lines = [
        f"{rank} · {_rated(result, key, 'answered')} · median {median[key]:g} · {_label(element_of, key)}"
        for rank, key in ranked(result.mean)
    ]
    low, high = min(median.values()), max(median.values())
    return _at_most(lines), f"median {low:g}" if low == high else f"medians {low:g} to {high:g}"


def _balance(element_of: ElementOf, result: Result) -> tuple[Sequence[str], str]:
    """Where people want most to change comes first."""
    far = {key: abs(each.wanted.median - each.today.median) for key, each in result.balance.items()}
    lines = [
        f"{_label(element_of, key)}: today {_stands(result.balance[key].today)}, "
        f"should be {_stands(result.balance[key].wanted)}; {result.totals[key]} placed it"
        for _, key in ranked(far)
    ]
    return _at_most(lines), ""


def _marked(element_of: ElementOf, result: Result, drafts: Mapping[str, str]) -> tuple[Sequence[str], str]:
    """What rings true and what jars, each with how many marked it, the most first; and what rings most often."""
    rings: list[tuple[int, str]] = []
    jars: list[tuple[int, str]] = []
    for id, heat in result.heat.items():
        draft = element_of(id)
        if draft is None or not is_living(draft) or digest(draft) != drafts.get(id):
            continue
        read = words_in(words(draft))
        rings += phrases(read, heat.rings)
        jars += phrases(read, heat.jars)
    lines: list[str] = []
    for what, found in (("Rings true", rings), ("Jars", jars)):
        found.sort(key=lambda phrase: -phrase[0])
        lines += [f"{what} · {many} · {_short(phrase)}" for many, phrase in found[:_MOST_PHRASES]]
    if more := len(result.totals) - len(result.heat):
        lines.append(f"and {more} more draft{'' if more == 1 else 's'}")
    most = [_short(phrase) for many, phrase in rings if many == rings[0][0]]
    return lines, f"rings true most often ({rings[0][0]} of {result.n}): {', '.join(most[:5])}" if most else ""


def _stands(place: Place) -> str:
    return f"{place.median:g} ({place.spread[0]} to {place.spread[1]})"


def _at_most(lines: Sequence[str]) -> Sequence[str]:
    """As many of them as a card holds, and how many more there are."""
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more} more"]


def _amount(result: Result, element: str) -> str:
    if isinstance(result.mean, dict):
        return _rated(result, element, "rated it")
    count = result.totals[element]
    return f"{count} dot{'' if count == 1 else 's'}"


def _rated(result: Result, element: str, did: str) -> str:
    means, spreads = result.mean, result.spread
    if not isinstance(means, dict) or not isinstance(spreads, dict):
        raise InvalidState("a result that has no mean of each")
    low, high = spreads[element]
    return f"{means[element]:.2f} ({low} to {high}, {result.totals[element]} {did})"


def _label(element_of: ElementOf, id: str) -> str:
    element = element_of(id)
    if element is None or not is_living(element):
        return "something that is no longer there"
    return _short(" ".join(words(element).split()) or "an empty note")


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LABEL else line[: _LONGEST_LABEL - 1].rstrip() + "…"


def _changed(element_of: ElementOf, changed: Sequence[str]) -> str:
    labels = ", ".join(_label(element_of, id) for id in changed[:5])
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
