"""Writing alone and revealing together: notes that the server holds back until a host reveals them, all at once.

Nothing of a sealed note leaves the server but to its author; hosts are no exception. A reveal writes all notes in one
transaction, in an order drawn from their words alone, under ids and a clientID that say nothing of who wrote which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import StringConstraints

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from . import authorship, owning
from .base import Actor, Area, Command, Happening, Moment, Outcome, differing
from .parts import Key, Row, Words, units
from .plan import Attribution, Opening, Phase, Visibility
from .revealing import Made, governed, lesser, opening_of, region_of, shuffled
from .sealed import SEALED, Authorship, Leaving, Plea, Proof, Returning, Rewording, Sealed, Sealing
from .state import State
from .writers import may_write, table_of, table_read_by, writing_seats

__all__ = [
    "SEALING",
    "KeyHash",
    "Revealed",
    "is_there",
    "phase_now",
    "progress",
    "quarters",
    "require_writer",
]

# With fewer, a quarter is a person.
_FEWEST_FOR_A_FIGURE = 8
_STEP = 25

# What one person may have in one place if the terms set no limit, and what all may have in the vault.
_MOST_EACH, _MOST = 50, 5_000
# How many may come after the reveal of a region, beside one for each seat.
_MOST_LATE = 20

NoteId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}$")]
KeyHash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]

# ---- commands ------------------------------------------------------------------------------------------------------


class Write(Command):
    """Keep a note to oneself until the reveal, or give it other words.

    Attributes:
        note: The client's name for it.
        key: The SHA-256 of a key that the author keeps for this note alone.
        phase: The phase on whose terms it was written; None for those of whatever goes on when it comes.
    """

    kind: Literal["seal.write"] = "seal.write"
    note: NoteId
    region: Key
    text: Words
    key: KeyHash
    phase: Key | None = None


class Drop(Command):
    """Throw one's own sealed note away."""

    kind: Literal["seal.drop"] = "seal.drop"
    note: NoteId


class Reveal(Command):
    """Show what was sealed: in the phase that goes on or another one, in one region or all of them."""

    kind: Literal["seal.reveal"] = "seal.reveal"
    phase: Key | None = None
    region: Key | None = None


class Late(Command):
    """Add a note that missed its reveal; `phase` is the one on whose terms it was written, if that is known."""

    kind: Literal["seal.late"] = "seal.late"
    note: NoteId
    region: Key
    text: Words
    key: KeyHash
    phase: Key | None = None


# ---- happenings ----------------------------------------------------------------------------------------------------


class Revealed(Happening):
    """What was sealed in a region was shown, to each table its own or to all. Nothing here tells what it was.

    Attributes:
        table: The one table that was shown its own; None for all of them.
    """

    kind: Literal["seal.revealed"] = "seal.revealed"
    phase: Key
    region: Key
    to: Literal["tables", "all"]
    table: Key | None = None


class Added(Happening):
    """A note came after the reveal; nobody's name is with this."""

    kind: Literal["seal.added"] = "seal.added"
    phase: Key
    region: Key


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case Write():
            return _write(state, command, actor, moment)
        case Drop(note=name):
            found = state.sealing.own(actor.seat, name)
            if found is None:
                raise Refusal("unknown", "You have no such note.")
            return Outcome(rows={(SEALED, found[0]): None})
        case Reveal():
            return _reveal(state, command, actor, moment)
        case Late():
            return _late(state, command, actor, moment)
        case owning.Aside() | owning.Find() | owning.Delete():
            return owning.decide(state, command, actor, moment)
        case _:
            return authorship.decide(state, command, actor, moment)


def _write(state: State, command: Write, actor: Actor, moment: Moment) -> Outcome:
    phase, sealing = phase_now(state), state.sealing
    if command.phase not in (None, phase.key):
        raise Refusal(*_moved_on(state, command, actor))
    opening = _held(state, phase, command.region)
    place = (phase.key, opening.region)
    if sealing.is_shown(place, table_of(state, actor.seat)):
        if is_there(sealing, command.key):
            # Its author has not heard that it was kept in time.
            return Outcome(value={"there": True})
        raise Refusal("revealed", "The notes have been revealed. You can still add yours now.")
    require_writer(state, actor, opening, command.region, command.text)
    found = sealing.own(actor.seat, command.note)
    if found is None:
        mine = [sealing.notes[key] for key in sealing.of_seat.get(actor.seat, ())]
        here = sum(note.phase == phase.key and _held(state, phase, note.region) is opening for note in mine)
        if here >= (most := opening.limit or _MOST_EACH):
            raise Refusal("limit", f"You have written {most} here, which is as many as there may be.")
        if len(sealing.notes) >= _MOST:
            raise Refusal("full", "There is no room for more notes before the reveal.")
        key, number = moment.draw.take(8).hex(), 1 + max((note.number for note in mine), default=0)
        attribution = opening.attribution
    else:
        key, note = found
        if (note.phase, note.region) != (phase.key, command.region):
            raise Refusal("closed", "This is not open for writing in this step.")
        number, attribution = note.number, lesser(note.attribution, opening.attribution)
    row = Sealed(
        note=command.note,
        number=number,
        seat=actor.seat,
        phase=phase.key,
        region=command.region,
        text=command.text,
        attribution=attribution,
        table=table_of(state, actor.seat),
        shown=opening.visibility is Visibility.TABLE,
        proof=Proof.of(command.key, moment.draw.take(32)),
    )
    return Outcome(rows={(SEALED, key): row})


def _written_under(state: State, command: Write | Late) -> Opening | None:
    """The terms on which a note was written, as far as its author said in which phase that was."""
    plan = state.show.plan
    phase = None if plan is None or command.phase is None else plan.phase(command.phase)
    return None if phase is None else opening_of(state, phase, command.region)


def _moved_on(state: State, command: Write, actor: Actor) -> tuple[str, str]:
    """Why a note is not taken that was written on the terms of another step: those that hold now were not agreed to."""
    opening, table = _written_under(state, command), table_of(state, actor.seat)
    if opening is not None and state.sealing.is_shown((command.phase or "", opening.region), table):
        return "revealed", "The notes have been revealed. You can still add yours now."
    return "closed", "The group has moved on to another step, with other terms."


def _reveal(state: State, command: Reveal, actor: Actor, moment: Moment) -> Outcome:
    phase = phase_now(state) if command.phase is None else _begun(state, command.phase)
    openings = [o for o in phase.opens if o.visibility.is_held and command.region in (None, o.region)]
    if not openings:
        raise Refusal("nothing", "Nothing is sealed there.")
    sealing = state.sealing
    openings = [opening for opening in openings if (phase.key, opening.region) not in sealing.revealed]
    if not openings:
        raise Refusal("revealed", "This has been revealed already.")
    made = Made(state, moment)
    for opening in openings:
        at_tables = opening.visibility is Visibility.SEALED_TABLE and not _is_at_tables(state, phase, opening)
        for region in governed(state, phase, opening):
            notes = shuffled(sealing.in_places(phase.key, {region.key}), moment.draw)
            if at_tables:
                notes = [(key, note) for key, note in notes if not note.shown]
            for key, _ in notes:
                made.rows[SEALED, key] = None
            if at_tables:
                made.hand([note for _, note in notes])
            else:
                made.show(opening, region, [note for _, note in notes])
        to: Literal["tables", "all"] = "tables" if at_tables else "all"
        revealed = Revealed(at=moment.now, by=actor.seat, phase=phase.key, region=opening.region, to=to)
        made.happened.append(revealed)
    return made.outcome()


def _is_at_tables(state: State, phase: Phase, opening: Opening) -> bool:
    """Whether each table has been shown its own, so that the next reveal is to all."""
    place = (phase.key, opening.region)
    taken = set(state.people.at.values()) & state.people.tables.keys()
    every = bool(taken) and all(state.sealing.is_shown(place, table) for table in taken)
    return place in state.sealing.handed or every


def _late(state: State, command: Late, actor: Actor, moment: Moment) -> Outcome:
    sealing = state.sealing
    phase = _last_shown(state, command.region, table_of(state, actor.seat))
    opening = _held(state, phase, command.region)
    if is_there(sealing, command.key):
        return Outcome(value={"there": True})
    require_writer(state, actor, opening, command.region, command.text)
    place = (phase.key, opening.region)
    if sealing.late.get(place, 0) >= len(state.people.roles) + _MOST_LATE:
        raise Refusal("full", "As many notes have come late as there may be. A host can open the step again.")
    written = _written_under(state, command) or opening
    note = Sealed(
        note=command.note,
        number=1,
        seat=actor.seat,
        phase=phase.key,
        region=command.region,
        text=command.text,
        attribution=lesser(opening.attribution, written.attribution),
        table=table_of(state, actor.seat),
        proof=Proof.of(command.key, moment.draw.take(32)),
    )
    made = Made(state, moment)
    if place in sealing.revealed:
        made.show(opening, region_of(state, command.region), [note])
    else:
        made.hand([note])
    made.happened.append(Added(at=moment.now, phase=phase.key, region=opening.region))
    return made.outcome()


def phase_now(state: State) -> Phase:
    """The phase that goes on.

    Raises:
        Refusal: `nothing` if none does.
    """
    phase = state.show.phase
    if phase is None:
        raise Refusal("nothing", "Nothing is sealed there.")
    return phase


def _begun(state: State, key: str) -> Phase:
    phase = None if state.show.plan is None else state.show.plan.phase(key)
    if phase is None or key not in state.show.runs:
        raise Refusal("nothing", "Nothing is sealed there.")
    return phase


def _last_shown(state: State, region: str, table: str | None) -> Phase:
    """The phase whose reveal a note for that region has missed: the one that goes on, or the latest before it."""
    sealing, show = state.sealing, state.show
    shown = [
        phase.key
        for phase in (() if show.plan is None else show.plan.phases)
        if (opening := opening_of(state, phase, region)) is not None
        and sealing.is_shown((phase.key, opening.region), table)
    ]
    if not shown:
        raise Refusal("closed", "Nothing has been revealed here.")
    return _begun(state, max(shown, key=lambda key: (key == show.at, show.runs[key].opened_at)))


def _held(state: State, phase: Phase, region: str) -> Opening:
    opening = opening_of(state, phase, region)
    if opening is None or not opening.visibility.is_held:
        raise Refusal("closed", "This is not open for writing in this step.")
    return opening


def require_writer(state: State, actor: Actor, opening: Opening, region: str, text: str) -> None:
    """Let somebody write these words in a region that is open on such terms.

    Raises:
        Refusal: `role`, `locked`, `invalid` or `long`.
    """
    if not may_write(state, actor.seat, actor.role, opening.writers):
        raise Refusal("role", "Others write here in this step.")
    locked = state.moderating.locked
    if actor.role not in (Role.HOST, Role.COHOST) and locked and _within(state, region) & locked:
        raise Refusal("locked", "A host has locked this region.")
    if not text.strip():
        raise Refusal("invalid", "A note needs words.")
    if units(text) > opening.longest:
        raise Refusal("long", f"A note here has at most {opening.longest} characters.")


def _within(state: State, key: str) -> frozenset[str]:
    """A region and all it lies in."""
    found: set[str] = set()
    at: str | None = key
    while at is not None:
        found.add(at)
        at = region_of(state, at).within
    return frozenset(found)


def is_there(sealing: Sealing, key_hash: str) -> bool:
    """Whether what is written under a key is on the board."""
    return any(row.proof.may_be_of(key_hash) and row.proof.is_of(key_hash) for row in sealing.keys.values())


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    sealing = state.sealing
    match happening:
        case Revealed(phase=phase, region=region, table=str(table)):
            handed_to = sealing.handed_to | {(phase, region, table)}
            return replace(state, sealing=replace(sealing, handed_to=handed_to))
        case Revealed(phase=phase, region=region, to="tables"):
            return replace(state, sealing=replace(sealing, handed=sealing.handed | {(phase, region)}))
        case Revealed(phase=phase, region=region):
            revealed = sealing.revealed | {(phase, region)}
            return _shown(replace(state, sealing=replace(sealing, revealed=revealed)), phase)
        case Added(phase=phase, region=region):
            late = Counter(sealing.late)
            late[phase, region] += 1
            return replace(state, sealing=replace(sealing, late=dict(late)))
        case authorship.Heeded():
            return state
        case authorship.Withdrawn(at=at, count=count):
            withdrawn = sealing.withdrawn + count
            return replace(state, sealing=replace(sealing, withdrawn=withdrawn, withdrawn_at=at))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to what is sealed")


def _shown(state: State, key: str) -> State:
    """The state in which a phase counts as revealed once nothing in it is held back any more."""
    show = state.show
    phase = None if show.plan is None else show.plan.phase(key)
    if phase is None or key not in show.runs:
        raise InvalidState(f"there is no phase {key}")
    held = {(key, opening.region) for opening in phase.opens if opening.visibility.is_held}
    if not held <= state.sealing.revealed:
        return state
    run = replace(show.runs[key], revealed=True)
    return replace(state, show=replace(show, runs={**show.runs, key: run}))


def _keep_all(state: State, kind: str, rows: Mapping[str, Row | None]) -> State:
    return replace(state, sealing=state.sealing.keep(kind, rows))


# ---- progress ------------------------------------------------------------------------------------------------------


def quarters(some: int, of: int) -> int | None:
    """A percentage in steps of 25; None of so few that a quarter is a person."""
    return None if of < _FEWEST_FOR_A_FIGURE else 100 * some // of // _STEP * _STEP


def progress(state: State) -> int | None:
    """How many of those who may have written something in what goes on: a percentage in steps of 25."""
    phase = state.show.phase
    if phase is None or not phase.is_sealed or state.show.is_revealed:
        return None
    seats = writing_seats(state, phase)
    wrote = {note.seat for note in state.sealing.notes.values() if note.phase == phase.key}
    return quarters(len(seats & wrote), len(seats))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, role: Role) -> Mapping[str, object]:
    sealing, phase = state.sealing, state.show.phase
    handed = [
        opening.region
        for opening in (() if phase is None else phase.opens)
        if phase is not None
        and (phase.key, opening.region) not in sealing.revealed
        and opening.visibility is Visibility.SEALED_TABLE
        and _is_at_tables(state, phase, opening)
    ]
    return {
        "progress": sealing.progress,
        "handed": handed,
        "withdrawn": sealing.withdrawn,
        "withdrawn_at": sealing.withdrawn_at,
        "pleas": sorted(sealing.pleas) if role in (Role.HOST, Role.COHOST) else [],
    }


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    sealing = state.sealing
    mine = sorted(sealing.of_seat.get(seat, ()), key=lambda key: sealing.notes[key].number)
    told = [_own_note(state, sealing.notes[key]) for key in mine]
    table = table_read_by(state, seat)
    others = () if table is None else sealing.of_table.get(table, ())
    told += [_table_note(key, sealing.notes[key]) for key in sorted(others) if key not in mine]
    return {"notes": told, "handed": _handed(state, table)}


def _touched(before: State, after: State) -> Collection[str] | None:
    old, new = before.sealing, after.sealing
    if before.show.at != after.show.at or before.show.plan is not after.show.plan:
        return None
    if (old.handed, old.handed_to, old.revealed) != (new.handed, new.handed_to, new.revealed):
        return None
    keys = differing(old.notes, new.notes)
    changed = [note for key in keys for notes in (old.notes, new.notes) if (note := notes.get(key)) is not None]
    if any(note.shown for note in changed):
        return None
    moved = differing(before.people.at, after.people.at) | differing(before.visiting, after.visiting)
    return {note.seat for note in changed} | moved


def _handed(state: State, table: str | None) -> list[str]:
    """The regions whose notes of this step somebody's table has been shown, and nobody else yet."""
    phase = state.show.phase
    return [
        opening.region
        for opening in (() if phase is None else phase.opens)
        if (phase is not None and (place := (phase.key, opening.region)) not in state.sealing.revealed)
        and state.sealing.is_shown(place, table)
    ]


def _own_note(state: State, note: Sealed) -> Mapping[str, object]:
    told = {"note": note.note, "region": note.region, "phase": note.phase, "text": note.text}
    return {**told, "late": note.phase != state.show.at}


def _table_note(key: str, note: Sealed) -> Mapping[str, object]:
    told = {"note": key, "region": note.region, "phase": note.phase, "text": note.text, "table": note.table}
    return {**told, "seat": note.seat} if note.attribution is Attribution.NAMED else told


SEALING = Area(
    name="sealing",
    commands=(
        Write,
        Drop,
        Reveal,
        Late,
        authorship.Withdraw,
        authorship.Reword,
        authorship.Plead,
        authorship.Heed,
        *owning.COMMANDS,
    ),
    happenings=(Revealed, Added, authorship.Withdrawn, authorship.Heeded),
    rows=(Sealed, Authorship, Leaving, Rewording, Returning, Plea),
    decide=_decide,
    evolve=_evolve,
    keep_all=_keep_all,
    common=_common,
    own=_own,
    touched=_touched,
    wakes_at=authorship.wakes_at,
    due=authorship.due,
)
