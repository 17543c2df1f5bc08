"""Why somebody objected, was concerned, or held up few fingers: what is kept of it at the close, and what is told.

Everybody reads reasons, in every view of the gathering; so there is room for so much of a round, and of all together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from .base import Draw, Row, RowKey
from .polls import Ballot, Choice, Deciding, Poll, Reason, cost
from .show import new_element_id

__all__ = ["kept_of", "told_of", "why"]

# What is kept of a round, and what every view of the gathering has altogether.
_MOST_KEPT_BYTES: Final = 24_000
_MOST_TOLD_BYTES: Final = 72_000


def kept_of(poll: Poll, ballots: Mapping[str, Ballot], draw: Draw) -> Mapping[RowKey, Row]:
    """Reasons under ids that tell nothing of who gave them or when, in an order that follows from their words alone."""
    given = list(_within(_MOST_KEPT_BYTES, [list(_reasons_of(poll, *item)) for item in _shuffled(ballots, draw)]))
    given.sort(key=lambda one: draw.keyed(f"{one.choice}{one.about}{one.seat}{one.text}".encode()))
    return {("reason", new_element_id(draw)): reason for reason in given}


def _shuffled(ballots: Mapping[str, Ballot], draw: Draw) -> Sequence[tuple[str, Ballot]]:
    return sorted(ballots.items(), key=lambda item: draw.keyed(item[0].encode()))


def _within(most: int, given: Sequence[Sequence[Reason]]) -> Iterator[Reason]:
    """Of the reasons of each ballot as many as there is room for: the first of each before the second of any.

    That somebody objected stays where their words do not.
    """
    left = most
    for reason in (one for turn in zip_longest(*given) for one in turn if one is not None):
        if left >= cost(reason.text):
            left -= cost(reason.text)
            yield reason
        elif reason.choice is Choice.OBJECTION:
            yield reason.model_copy(update={"text": "", "seat": None})


def _reasons_of(poll: Poll, mark: str, ballot: Ballot) -> Iterator[Reason]:
    choice = ballot.given if isinstance(ballot.given, Choice) else Choice.CONCERN
    # A concern is not there to be met; and so nothing of its token stays.
    mine = mark if choice is Choice.OBJECTION else None
    # Whoever took back what they had said objects still, without words.
    own = "" if choice is Choice.OBJECTION and ballot.reason is None else ballot.reason
    for about, text in ((None, own), *ballot.reasons.items()):
        if text is not None:
            yield Reason(
                poll=poll.id,
                round=len(poll.rounds),
                choice=choice,
                about=about,
                text=text,
                mark=mine,
                seat=ballot.seat,
            )


def told_of(deciding: Deciding) -> Mapping[str, Sequence[tuple[str, Reason]]]:
    """Reasons by poll. Everybody's view has them: of more than it holds, those of the polls that closed last.

    Objections come before concerns: the group has to work with those.
    """
    polls = sorted(deciding.polls.values(), key=lambda poll: max(of.closed_at or 0 for of in poll.rounds), reverse=True)
    ranks = {poll.id: rank for rank, poll in enumerate(polls)}
    reasons = sorted(deciding.reasons.items(), key=lambda item: (item[1].choice is not Choice.OBJECTION, item[0]))
    reasons.sort(key=lambda item: ranks[item[1].poll])
    told: dict[str, list[tuple[str, Reason]]] = {}
    left = _MOST_TOLD_BYTES
    for id, reason in reasons:
        if (left := left - cost(reason.text)) < 0:
            break
        told.setdefault(reason.poll, []).append((id, reason))
    return told


def why(reasons: Sequence[tuple[str, Reason]]) -> Mapping[str, object]:
    return {
        "objections": [_reason(id, each) for id, each in reasons if each.choice is Choice.OBJECTION],
        "concerns": [_reason(id, each) for id, each in reasons if each.choice is Choice.CONCERN],
    }


def _reason(id: str, reason: Reason) -> Mapping[str, object]:
    return {
        "id": id,
        "round": reason.round,
        "about": reason.about,
        "reason": reason.text,
        "met": reason.met,
        "by": reason.seat,
    }
