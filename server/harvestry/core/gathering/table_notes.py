"""What a table writes: put in for it from paper, and shown to it by whoever hosts it.

No note here has a person: what is put in is the table's, and who put it in stands nowhere. A key proves it, as of any
note without a name.
"""

from __future__ import annotations

from typing import Final, Literal

from harvestry.core.errors import Refusal

from .base import Actor, Command, Moment, Outcome
from .parts import Key, Words
from .plan import Attribution, Visibility
from .revealing import Made, governed, lesser, opening_of, region_of, shuffled
from .sealed import SEALED, Proof, Sealed
from .sealing import KeyHash, Revealed, is_there, phase_now, require_writer
from .state import State
from .writers import require_company, require_own_table

__all__ = ["RevealToTable", "Transcribe", "reveal", "transcribe"]

# How many may be put in for tables in one place, and how many the board takes that have a key.
_MOST_HELD: Final = 500
_MOST: Final = 5_000


class RevealToTable(Command):
    """Show the people of one's table what they wrote, before hosts show it to all."""

    kind: Literal["table.reveal"] = "table.reveal"
    region: Key | None = None


class Transcribe(Command):
    """Put in what the people of a table wrote elsewhere, as on paper: the table's, and never a person's.

    Attributes:
        table: Whose; None for one's own.
        key: The SHA-256 of a key that whoever puts it in keeps for this note alone.
    """

    kind: Literal["table.note"] = "table.note"
    table: Key | None = None
    region: Key
    text: Words
    key: KeyHash


def reveal(state: State, command: RevealToTable, actor: Actor, moment: Moment) -> Outcome:
    """What the people of one table wrote, shown to them by whoever hosts it, where the phase says so."""
    phase, sealing = phase_now(state), state.sealing
    if not phase.tables_reveal:
        raise Refusal("hosts", "Hosts reveal what is written in this step.")
    table = require_own_table(state, actor)
    require_company(state, phase)
    openings = [
        opening
        for opening in phase.opens
        if opening.visibility is Visibility.SEALED_TABLE and command.region in (None, opening.region)
    ]
    if not openings:
        raise Refusal("nothing", "Nothing is sealed there.")
    openings = [opening for opening in openings if not sealing.is_shown((phase.key, opening.region), table)]
    if not openings:
        raise Refusal("revealed", "This has been revealed already.")
    made = Made(state, moment)
    for opening in openings:
        for region in governed(state, phase, opening):
            notes = shuffled(sealing.in_places(phase.key, {region.key}), moment.draw)
            notes = [(key, note) for key, note in notes if note.table == table]
            for key, _ in notes:
                made.rows[SEALED, key] = None
            made.hand([note for _, note in notes])
        made.happened.append(
            Revealed(at=moment.now, by=actor.seat, phase=phase.key, region=opening.region, to="tables", table=table)
        )
    return made.outcome()


def transcribe(state: State, command: Transcribe, actor: Actor, moment: Moment) -> Outcome:
    """A note of a table, put in by whoever writes for it: sealed or on the board, as the step has it; nobody's."""
    table = require_own_table(state, actor, command.table)
    phase, sealing = phase_now(state), state.sealing
    opening = opening_of(state, phase, command.region)
    if opening is None:
        raise Refusal("closed", "This is not open for writing in this step.")
    require_writer(state, actor, opening, command.region, command.text)
    if is_there(sealing, command.key) or any(
        not note.seat and note.proof.may_be_of(command.key) and note.proof.is_of(command.key)
        for note in sealing.notes.values()
    ):
        return Outcome(value={"there": True})
    place = (phase.key, opening.region)
    note = Sealed(
        note=moment.draw.take(8).hex(),
        number=0,
        seat="",
        phase=phase.key,
        region=command.region,
        text=command.text,
        attribution=lesser(Attribution.TABLE, opening.attribution),
        table=table,
        shown=opening.visibility is Visibility.TABLE or sealing.is_shown(place, table),
        proof=Proof.of(command.key, moment.draw.take(32)),
    )
    if opening.visibility.is_held and place not in sealing.revealed:
        entered = sum(not other.seat for _, other in sealing.in_places(phase.key, {command.region}))
        if entered >= _MOST_HELD or len(sealing.notes) >= _MOST:
            raise Refusal("full", "There is no room for more notes before the reveal.")
        return Outcome(rows={(SEALED, note.note): note})
    if len(sealing.keys) >= _MOST:
        raise Refusal("full", "There is no room for more notes here.")
    made = Made(state, moment)
    made.show(opening, region_of(state, command.region), [note])
    return made.outcome()
