"""The terms of phases: every role, in every kind of phase, with every deed, upon everybody's things, everywhere."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from harvestry.core.access import Holder, Role, SeatId
from harvestry.core.gathering.plan import Plan
from harvestry.core.gathering.state import Moderating, People, Run, Show, Stage, State
from harvestry.core.gathering.terms import Deed, Terms, Thing, Whose, Writer
from harvestry.core.policy import Code

# One phase of each kind. `bolted` is a region that a host has locked; `there` is open in none.
PHASES: dict[str, dict[str, Any]] = {
    "open": {"opens": [{"region": "here"}, {"region": "bolted"}]},
    "sealed": {"opens": [{"region": "here", "visibility": "sealed-open"}, {"region": "bolted"}], "moving": "all"},
    "revealed": {"opens": [{"region": "here", "visibility": "sealed-open"}, {"region": "bolted"}]},
    "sort": {"opens": [], "moving": "all"},
    "tables": {"opens": [{"region": "here", "writers": "table"}], "moving": "table"},
    "scribes": {"opens": [{"region": "here", "writers": "scribe"}], "moving": "nobody"},
    "harvest": {"opens": [{"region": "here", "writers": "harvest"}], "moving": "nobody"},
    "hosts": {"opens": [{"region": "here", "writers": "host"}], "moving": "nobody"},
}
SITUATIONS = ("ready", *PHASES, "between", "ended")
PLACES = ("outside", "here", "there", "bolted")
EDITORS = (Role.HOST, Role.COHOST, Role.HARVESTER, Role.TABLE, Role.PARTICIPANT)
ANN, BEN, CLEO = Holder("Ann"), Holder("Ben"), Holder("Cleo")

# Columns: create, words, move, delete, restore. In each a letter for one's own, for what is of somebody else at one's
# table, of others, of nobody: - may, c closed, n not_yours, s sealed, m moving, o outside, l element_locked,
# b not_begun, e ended.
TABLE = """
kind note
  ready
    host,cohost,harvester   outside,here,there,bolted ---- ---- ---- ---- ----
    table,participant       outside,here,there,bolted bbbb bbbb bbbb bbbb bbbb
  open
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside,here              -nnn -nnn ---- -nnn -nnn
    harvester               there                     cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn -mmm cnnn onnn
    table,participant       here                      -nnn -nnn -mmm -nnn -nnn
    table,participant       there                     cnnn cnnn -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sealed
    host,cohost             outside,there,bolted      -nnn -nnn ---- -nnn -nnn
    host,cohost             here                      ssss ssss ssss ssss ssss
    harvester               outside                   -nnn -nnn ---- -nnn -nnn
    harvester               here                      ssss ssss ssss ssss ssss
    harvester               there                     cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn ---- cnnn onnn
    table,participant       here                      ssss ssss ssss ssss ssss
    table,participant       there                     cnnn cnnn ---- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  revealed
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside                   -nnn -nnn ---- -nnn -nnn
    harvester               here,there                cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn -mmm cnnn onnn
    table,participant       here,there                cnnn cnnn -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sort
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside                   -nnn -nnn ---- -nnn -nnn
    harvester               here,there                cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn ---- cnnn onnn
    table,participant       here,there                cnnn cnnn ---- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  tables
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside,here              -nnn -nnn ---- -nnn -nnn
    harvester               there                     cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn --m- cnnn onnn
    table,participant       here                      -nnn -nnn --m- -nnn -nnn
    table,participant       there                     cnnn cnnn --m- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  scribes
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside,here              -nnn -nnn ---- -nnn -nnn
    harvester               there                     cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table                   outside                   onnn cnnn mmmm cnnn onnn
    table                   here                      -nnn -nnn -mmm -nnn -nnn
    table                   there                     cnnn cnnn mmmm cnnn cnnn
    table                   bolted                    llll llll llll llll llll
    participant             outside                   onnn cnnn mmmm cnnn onnn
    participant             here,there                cnnn cnnn mmmm cnnn cnnn
    participant             bolted                    llll llll llll llll llll
  harvest
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside,here              -nnn -nnn ---- -nnn -nnn
    harvester               there                     cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn mmmm cnnn onnn
    table,participant       here,there                cnnn cnnn mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  hosts
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside                   -nnn -nnn ---- -nnn -nnn
    harvester               here,there                cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn mmmm cnnn onnn
    table,participant       here,there                cnnn cnnn mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  between
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside                   -nnn -nnn ---- -nnn -nnn
    harvester               here,there                cnnn cnnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnn mmmm cnnn onnn
    table,participant       here,there                cnnn cnnn mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  ended
    host,cohost             outside,here,there,bolted -nnn -nnn ---- -nnn -nnn
    harvester               outside,here,there        -nnn -nnn ---- -nnn -nnn
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside,here,there,bolted eeee eeee eeee eeee eeee
kind frame
  ready
    host,cohost,harvester   outside,here,there,bolted ---- ---- ---- ---- ----
    table,participant       outside,here,there,bolted bbbb bbbb bbbb bbbb bbbb
  open
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnc -mmm cnnn onnn
    table,participant       here                      -nnn -nn- -mmm -nnn -nnn
    table,participant       there                     cnnn cnnc -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sealed
    host,cohost             outside,there,bolted      -nnn ---- ---- ---- ----
    host,cohost             here                      ssss ssss ssss ssss ssss
    harvester               outside,there             -nnn ---- ---- ---- ----
    harvester               here                      ssss ssss ssss ssss ssss
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn ---- ---- -nnn onnn
    table,participant       here                      ssss ssss ssss ssss ssss
    table,participant       there                     -nnn ---- ---- -nnn -nnn
    table,participant       bolted                    llll llll llll llll llll
  revealed
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnc -mmm cnnn onnn
    table,participant       here,there                cnnn cnnc -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sort
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn ---- ---- -nnn onnn
    table,participant       here,there                -nnn ---- ---- -nnn -nnn
    table,participant       bolted                    llll llll llll llll llll
  tables
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table                   outside                   onnn ---- --m- --nn o-nn
    table                   here,there                -nnn ---- --m- --nn --nn
    participant             outside                   onnn ---- --m- -nnn onnn
    participant             here,there                -nnn ---- --m- -nnn -nnn
    table,participant       bolted                    llll llll llll llll llll
  scribes
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table                   outside                   onnn cnnc mmmm cnnn onnn
    table                   here                      -nnn -nn- -mmm -nnn -nnn
    table                   there                     cnnn cnnc mmmm cnnn cnnn
    table                   bolted                    llll llll llll llll llll
    participant             outside                   onnn cnnc mmmm cnnn onnn
    participant             here,there                cnnn cnnc mmmm cnnn cnnn
    participant             bolted                    llll llll llll llll llll
  harvest
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnc mmmm cnnn onnn
    table,participant       here,there                cnnn cnnc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  hosts
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnc mmmm cnnn onnn
    table,participant       here,there                cnnn cnnc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  between
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cnnc mmmm cnnn onnn
    table,participant       here,there                cnnn cnnc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  ended
    host,cohost             outside,here,there,bolted -nnn ---- ---- ---- ----
    harvester               outside,here,there        -nnn ---- ---- ---- ----
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside,here,there,bolted eeee eeee eeee eeee eeee
kind card
  ready
    host,cohost,harvester   outside,here,there,bolted ---- ---- ---- ---- ----
    table,participant       outside,here,there,bolted bbbb bbbb bbbb bbbb bbbb
  open
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc -mmm cnnn onnn
    table,participant       here                      -nnn ---- -mmm -nnn -nnn
    table,participant       there                     cnnn cccc -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sealed
    host,cohost             outside,there,bolted      -nnn ---- ---- -nn- -nn-
    host,cohost             here                      ssss ssss ssss ssss ssss
    harvester               outside,there             -nnn ---- ---- -nn- -nn-
    harvester               here                      ssss ssss ssss ssss ssss
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc ---- cnnn onnn
    table,participant       here                      ssss ssss ssss ssss ssss
    table,participant       there                     cnnn cccc ---- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  revealed
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc -mmm cnnn onnn
    table,participant       here,there                cnnn cccc -mmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  sort
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc ---- cnnn onnn
    table,participant       here,there                cnnn cccc ---- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  tables
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc --m- cnnn onnn
    table,participant       here                      -nnn ---- --m- -nnn -nnn
    table,participant       there                     cnnn cccc --m- cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  scribes
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table                   outside                   onnn cccc mmmm cnnn onnn
    table                   here                      -nnn ---- -mmm -nnn -nnn
    table                   there                     cnnn cccc mmmm cnnn cnnn
    table                   bolted                    llll llll llll llll llll
    participant             outside                   onnn cccc mmmm cnnn onnn
    participant             here,there                cnnn cccc mmmm cnnn cnnn
    participant             bolted                    llll llll llll llll llll
  harvest
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc mmmm cnnn onnn
    table,participant       here,there                cnnn cccc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  hosts
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc mmmm cnnn onnn
    table,participant       here,there                cnnn cccc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  between
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside                   onnn cccc mmmm cnnn onnn
    table,participant       here,there                cnnn cccc mmmm cnnn cnnn
    table,participant       bolted                    llll llll llll llll llll
  ended
    host,cohost             outside,here,there,bolted -nnn ---- ---- -nn- -nn-
    harvester               outside,here,there        -nnn ---- ---- -nn- -nn-
    harvester               bolted                    llll llll llll llll llll
    table,participant       outside,here,there,bolted eeee eeee eeee eeee eeee
"""
LETTERS = {
    "-": None,
    "c": Code.CLOSED,
    "n": Code.NOT_YOURS,
    "s": Code.SEALED,
    "m": Code.MOVING,
    "o": Code.OUTSIDE,
    "l": Code.ELEMENT_LOCKED,
    "b": Code.NOT_BEGUN,
    "e": Code.ENDED,
}
Cell = tuple[str, str, Role, str, Deed, Whose]


def a_plan(phases: dict[str, dict[str, Any]], regions: list[dict[str, Any]] | None = None) -> Plan:
    found = regions or [{"key": key} for key in ("here", "there", "bolted")]
    body = {
        "title": "Terms",
        "regions": [{"title": "A region", "frame": [0, 0, 400, 400], **region} for region in found],
        "phases": [{"key": key, "title": key.title(), "minutes": 1, **more} for key, more in phases.items()],
    }
    return Plan.model_validate_json(json.dumps(body))


def situation(name: str, **people: str) -> State:
    stage = {"ready": Stage.READY, "ended": Stage.CLOSED}.get(name, Stage.LIVE)
    runs = {name: Run(opened_at=0, revealed=name == "revealed")} if name in PHASES else {}
    show = Show(stage=stage, plan=a_plan(PHASES), at=name if name in PHASES else None, runs=runs)
    at = {SeatId(seat): table for seat, table in people.items()}
    return State(show=show, people=People(at=at), moderating=Moderating(locked=frozenset({"bolted"})))


def cells() -> dict[Cell, Code | None]:
    found: dict[Cell, Code | None] = {}
    kind = name = ""
    for line in TABLE.strip().splitlines():
        if line.startswith("kind"):
            kind = line.split()[1]
        elif not line.startswith("    "):
            name = line.strip()
        else:
            roles, places, *columns = line.split()
            for role, place in itertools.product(roles.split(","), places.split(",")):
                for deed, letters in zip(Deed, columns, strict=True):
                    for whose, letter in zip(Whose, letters, strict=True):
                        cell = (kind, name, Role(role), place, deed, whose)
                        assert cell not in found
                        found[cell] = LETTERS[letter]
    return found


CELLS = cells()


def test_the_table_has_every_cell() -> None:
    """[POL-10]"""
    assert CELLS.keys() == set(itertools.product(("note", "frame", "card"), SITUATIONS, EDITORS, PLACES, Deed, Whose))


@pytest.mark.parametrize("kind", ["note", "frame", "card"])
@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.parametrize("role", EDITORS)
def test_every_cell_of_the_table_holds(kind: str, name: str, role: Role) -> None:
    """[POL-10] [POL-11] [POL-12]"""
    terms = Terms(situation(name))
    writer = Writer(role, ANN, "oak" if role in (Role.TABLE, Role.PARTICIPANT) else None)
    wrong = []
    for place, deed, whose in itertools.product(PLACES, Deed, Whose):
        region = None if place == "outside" else place
        found = terms.fault(writer, deed, Thing(kind, whose, region), region)
        if found is not CELLS[kind, name, role, place, deed, whose]:
            wrong.append((place, deed, whose, found))
    assert wrong == []


def test_what_others_wrote_is_whose_it_is() -> None:
    terms = Terms(situation("tables", Ann="oak", Ben="oak", Cleo="elm"))
    ann = terms.writer(Role.PARTICIPANT, ANN)
    assert ann.table == "oak"
    assert terms.whose(ANN, ann) is Whose.OWN
    assert terms.whose(BEN, ann) is Whose.TABLES
    assert terms.whose(CLEO, ann) is Whose.OTHERS
    assert terms.whose(None, ann) is Whose.NOBODYS
    stranger = terms.writer(Role.PARTICIPANT, Holder("Dora"))
    assert stranger.table is None
    assert terms.whose(Holder("Ed"), stranger) is Whose.OTHERS


def test_who_sits_at_no_table_neither_writes_nor_sorts_as_one() -> None:
    """[POL-10]"""
    terms = Terms(situation("tables"))
    nobodys = Thing("note", Whose.NOBODYS, "here")
    for role, writes in ((Role.PARTICIPANT, False), (Role.TABLE, True), (Role.HARVESTER, True), (Role.HOST, True)):
        writer = terms.writer(role, ANN)
        assert (terms.fault(writer, Deed.CREATE, Thing("note", Whose.OWN, "here"), "here") is None) is writes
    assert terms.fault(terms.writer(Role.PARTICIPANT, ANN), Deed.MOVE, nobodys, "here") is Code.MOVING


def test_the_frame_of_a_region_is_the_hosts() -> None:
    """[POL-11]"""
    for name in SITUATIONS[1:-1]:
        terms = Terms(situation(name))
        frame = Thing("frame", Whose.NOBODYS, None, is_region=True)
        for deed in Deed:
            assert terms.fault(Writer(Role.COHOST, ANN), deed, frame) is None
            for role in (Role.HARVESTER, Role.TABLE, Role.PARTICIPANT):
                assert terms.fault(Writer(role, ANN), deed, frame) is Code.ROLE


def test_nothing_is_moved_into_a_region_that_is_sealed_or_locked() -> None:
    """[POL-12]"""
    terms = Terms(situation("sealed"))
    own = Thing("note", Whose.OWN, "there")
    assert terms.fault(Writer(Role.HOST, ANN), Deed.MOVE, own, "here") is Code.SEALED
    assert terms.fault(Writer(Role.PARTICIPANT, ANN), Deed.MOVE, own, "here") is Code.SEALED
    assert terms.fault(Writer(Role.PARTICIPANT, ANN), Deed.MOVE, own, "bolted") is Code.ELEMENT_LOCKED
    assert terms.fault(Writer(Role.HOST, ANN), Deed.MOVE, own, "bolted") is None


def test_an_author_moves_what_is_theirs_in_an_open_region_even_while_nobody_moves() -> None:
    """[POL-12] A note grows while its author writes, and so does its frame."""
    terms = Terms(situation("scribes"))
    table = Writer(Role.TABLE, ANN)
    assert terms.fault(table, Deed.MOVE, Thing("note", Whose.OWN, "here"), "here") is None
    assert terms.fault(table, Deed.MOVE, Thing("note", Whose.OWN, "here"), "there") is Code.MOVING
    assert terms.fault(table, Deed.MOVE, Thing("note", Whose.OTHERS, "here"), "here") is Code.MOVING


def test_several_write_in_a_record_but_in_nobodys_note() -> None:
    """[POL-11]"""
    regions = [{"key": "record", "kind": "record"}, {"key": "wall"}]
    plan = a_plan({"open": {"opens": [{"region": "record"}, {"region": "wall"}]}}, regions)
    show = Show(stage=Stage.LIVE, plan=plan, at="open", runs={"open": Run(opened_at=0)})
    terms = Terms(State(show=show))
    for role in EDITORS:
        writer = Writer(role, ANN)
        assert terms.fault(writer, Deed.WORDS, Thing("text", Whose.OTHERS, "record"), "record") is None
        assert terms.fault(writer, Deed.WORDS, Thing("text", Whose.OTHERS, "wall"), "wall") is Code.NOT_YOURS
        for whose in (Whose.OTHERS, Whose.NOBODYS):
            assert terms.fault(writer, Deed.WORDS, Thing("note", whose, "record"), "record") is Code.NOT_YOURS


def test_what_holds_for_a_wall_holds_for_a_column_in_it_that_nothing_else_is_said_of() -> None:
    """[POL-10]"""
    regions = [{"key": "wall"}, {"key": "left", "within": "wall"}, {"key": "right", "within": "wall"}]
    opens = [{"region": "wall", "visibility": "sealed-open"}, {"region": "right"}]
    show = Show(
        stage=Stage.LIVE, plan=a_plan({"open": {"opens": opens}}, regions), at="open", runs={"open": Run(opened_at=0)}
    )
    terms = Terms(State(show=show))
    writer = Writer(Role.PARTICIPANT, ANN)
    found = [terms.fault(writer, Deed.CREATE, Thing("note", Whose.OWN, key), key) for key in ("wall", "left", "right")]
    assert found == [Code.SEALED, Code.SEALED, None]
    locked = Terms(State(show=show, moderating=Moderating(locked=frozenset({"wall"}))))
    assert locked.fault(writer, Deed.CREATE, Thing("note", Whose.OWN, "right"), "right") is Code.ELEMENT_LOCKED


def test_a_limit_is_for_everybody_but_hosts() -> None:
    """[POL-10]"""
    plan = a_plan({"open": {"opens": [{"region": "here", "limit": 2}]}})
    show = Show(stage=Stage.LIVE, plan=plan, at="open", runs={"open": Run(opened_at=0)})
    terms = Terms(State(show=show))
    assert [terms.limit(Writer(role, ANN), "here") for role in EDITORS] == [0, 0, 2, 2, 2]
    assert terms.limit(Writer(Role.PARTICIPANT, ANN), "there") == 0
    assert terms.limit(Writer(Role.PARTICIPANT, ANN), None) == 0


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("sort", Code.CLOSED, "Writing is closed. It opens with “Tables”."),
        ("open", Code.MOVING, "Moving is closed. It opens with “Sealed”."),
        ("hosts", Code.CLOSED, "Writing is closed. A host can open it again."),
        ("hosts", Code.MOVING, "Moving is closed. A host can open it again."),
        ("revealed", Code.CLOSED, "Writing is closed. What was written has been revealed. A host can open it again."),
        ("ready", Code.NOT_BEGUN, "The gathering has not begun."),
    ],
)
def test_what_is_closed_says_why_and_until_when(name: str, code: Code, sentence: str) -> None:
    """[POL-14]"""
    assert Terms(situation(name)).say(code) == sentence
