"""Who is told what of the others' doings, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core.limits import Millis
from harvestry.core.protocol import ConnId, Presence, View
from harvestry.core.rows import Forget, parse_news
from harvestry.core.sight import FEW, Sight
from support.rooms import after

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
HERE: View = (0, 0, 800, 600)
FAR: View = (100_000, 0, 800, 600)


class Audience:
    """A room's people as far as they see each other; `knows` is what each has been told."""

    def __init__(self, people: int) -> None:
        self.sight = Sight()
        self.now = Millis(1_000)
        self.knows: dict[ConnId, dict[ConnId, Presence]] = {}
        self.does: dict[ConnId, Presence] = {}
        self.heard: dict[ConnId, list[bytes]] = {}
        self.last = 0
        for _ in range(people):
            self.arrive()
        self.tick()

    def arrive(self) -> ConnId:
        self.last += 1
        conn = ConnId(self.last)
        whole = self.sight.everything()
        self.knows[conn] = {} if whole is None else after({}, whole)
        self.does[conn] = Presence()
        self.heard[conn] = []
        self.sight.arrive(conn)
        return conn

    def leave(self, conn: ConnId) -> None:
        self.sight.leave(conn)
        del self.knows[conn], self.does[conn], self.heard[conn]
        for known in self.knows.values():
            known.pop(conn, None)

    def move(self, conn: int, **changes: object) -> None:
        self.does[ConnId(conn)] = replace(self.does[ConnId(conn)], **changes)  # type: ignore[arg-type]
        self.sight.move(ConnId(conn), self.does[ConnId(conn)], self.now)

    def look(self, conn: int, view: View | None) -> None:
        self.does[ConnId(conn)] = replace(self.does[ConnId(conn)], view=view)
        self.sight.look(ConnId(conn), view)

    def tick(self, ms: int = 40) -> None:
        """Let time pass; then everybody hears what there is to tell, nobody twice."""
        self.now = Millis(self.now + ms)
        told = Counter[ConnId]()
        for conns, news in self.sight.tell(self.now):
            told.update(conns)
            for conn in conns:
                if news is not None:
                    self.heard[conn].append(news)
                    self.knows[conn] = after(self.knows[conn], news)
        assert told == Counter(self.knows.keys())

    def settle(self) -> None:
        for _ in range(6):
            self.tick(100)

    def hear(self, conn: int) -> list[bytes]:
        """What somebody has heard since last asked."""
        heard, self.heard[ConnId(conn)] = self.heard[ConnId(conn)], []
        return heard


def test_a_few_people_are_told_the_same_bytes_wherever_they_look() -> None:
    few = Audience(FEW)
    few.look(2, FAR)
    few.move(1, cursor=(5, 5))
    few.move(3, selection=(A,), cursor=(100_000, 5))
    few.tick()
    assert {tuple(few.hear(conn)) for conn in range(1, FEW + 1)} == {
        (b"\x00\x01\x01\x0a\x0a\x03\x05\xc0\x9a\x0c\x0a\x01" + A.encode(),)
    }


def test_only_what_changed_is_told() -> None:
    few = Audience(2)
    few.move(1, cursor=(5, 5), selection=(A,), editing=A, drag=(1, 2, 3, 4))
    few.tick()
    few.hear(2)
    few.move(1, cursor=(6, 5))
    few.tick()
    assert few.hear(2) == [b"\x00\x01\x01\x0c\x0a"]
    few.move(1, cursor=(7, 5))
    few.move(1, cursor=(6, 5))
    few.tick()
    assert few.hear(2) == []


def test_in_a_crowd_people_are_told_the_cursors_around_their_view() -> None:
    """[PRE-5]"""
    crowd = Audience(FEW + 1)
    crowd.look(1, HERE)
    crowd.look(2, FAR)
    crowd.settle()
    crowd.move(3, cursor=(400, 300))
    crowd.tick()
    assert crowd.knows[ConnId(1)][ConnId(3)].cursor == (400, 300)
    assert ConnId(3) not in crowd.knows[ConnId(2)]
    # Whoever has not said where they look is told of all.
    assert crowd.knows[ConnId(4)][ConnId(3)].cursor == (400, 300)


def test_a_cursor_that_leaves_a_view_is_not_left_behind_in_it() -> None:
    crowd = Audience(FEW + 1)
    crowd.look(1, HERE)
    crowd.look(2, FAR)
    crowd.move(3, cursor=(400, 300))
    crowd.settle()
    crowd.move(3, cursor=(100_400, 300))
    crowd.settle()
    assert {crowd.knows[ConnId(viewer)][ConnId(3)].cursor for viewer in (1, 2)} == {(100_400, 300)}
    crowd.hear(1)
    crowd.move(3, cursor=(100_401, 300))
    crowd.settle()
    assert crowd.hear(1) == []
    crowd.move(3, cursor=None)
    crowd.settle()
    assert crowd.knows[ConnId(1)][ConnId(3)].cursor is None


def test_whoever_looks_elsewhere_forgets_all_cursors_and_is_told_those_that_are_there() -> None:
    crowd = Audience(FEW + 1)
    crowd.look(1, HERE)
    crowd.move(2, cursor=(10, 10), selection=(A,))
    crowd.move(3, cursor=(100_000, 0), drag=(1, 1, 1, 1))
    crowd.settle()
    crowd.move(3, drag=(2, 2, 2, 2))
    crowd.settle()
    crowd.hear(1)
    crowd.look(1, FAR)
    crowd.tick()
    (news,) = crowd.hear(1)
    assert parse_news(news).forget is Forget.CURSORS
    assert crowd.knows[ConnId(1)][ConnId(2)] == Presence(selection=(A,))
    assert crowd.knows[ConnId(1)][ConnId(3)] == Presence(cursor=(100_000, 0), drag=(2, 2, 2, 2))


def test_a_view_that_has_moved_within_its_margin_changes_nothing() -> None:
    crowd = Audience(FEW + 1)
    crowd.look(1, HERE)
    crowd.settle()
    crowd.hear(1)
    crowd.look(1, (8, 8, 800, 600))
    crowd.tick()
    assert crowd.hear(1) == []


def test_what_people_select_write_and_begin_to_drag_is_told_to_all() -> None:
    crowd = Audience(FEW + 1)
    crowd.look(1, FAR)
    crowd.settle()
    crowd.move(2, cursor=(0, 0), selection=(A, B), editing=B, drag=(0, 0, 1, 1))
    crowd.settle()
    assert crowd.knows[ConnId(1)][ConnId(2)] == Presence(selection=(A, B), editing=B, drag=(0, 0, 1, 1))
    crowd.hear(1)
    crowd.move(2, cursor=(9, 9), drag=(0, 0, 9, 9))
    crowd.settle()
    assert crowd.hear(1) == []
    crowd.move(2, selection=(), editing=None, drag=None)
    crowd.settle()
    assert crowd.knows[ConnId(1)][ConnId(2)] == Presence()


def test_one_more_makes_a_crowd_and_one_less_ends_it() -> None:
    room = Audience(FEW)
    room.look(1, HERE)
    room.look(2, FAR)
    late = room.arrive()
    room.settle()
    room.move(3, cursor=(100_000, 0))
    room.settle()
    assert ConnId(3) not in room.knows[ConnId(1)]
    room.leave(late)
    assert room.sight.due == 0
    room.tick()
    assert room.knows[ConnId(1)] == room.knows[ConnId(2)] == {ConnId(3): Presence(cursor=(100_000, 0))}


def test_in_a_crowd_a_person_is_told_of_ten_times_a_second_while_it_is_fresh() -> None:
    """[PRE-5] Everybody moves twenty times a second, at moments of their own."""
    sight, people = Sight(), [ConnId(number) for number in range(1, 121)]
    for conn in people:
        sight.arrive(conn)
    movers = {phase: [conn for conn in people if conn * 7 % 50 == phase] for phase in range(50)}
    came: dict[ConnId, int] = {}
    told: list[tuple[ConnId, int, int]] = []
    for ms in range(3_000):
        for conn in movers[ms % 50]:
            sight.move(conn, Presence(cursor=(conn, ms)), Millis(ms))
            came[conn] = ms
        if ms % 40 == 39:
            ((_, news),) = sight.tell(Millis(ms))
            if news is not None:
                told += [(row.conn, ms, ms - came[row.conn]) for row in parse_news(news).rows]
    in_second = Counter((conn, ms // 1_000) for conn, ms, _ in told)
    assert max(in_second.values()) <= 10
    assert sum(in_second.values()) / len(in_second) > 8
    ages = sorted(age for _, _, age in told)
    assert ages[len(ages) * 95 // 100] <= 41
    assert ages[-1] <= 50


def test_the_last_move_is_told_however_old_it_is() -> None:
    crowd = Audience(FEW + 1)
    crowd.move(1, cursor=(1, 1))
    crowd.tick()
    crowd.move(1, cursor=(2, 2))
    crowd.tick(1)
    for _ in range(4):
        crowd.tick()
    assert crowd.knows[ConnId(2)][ConnId(1)].cursor == (2, 2)
    assert crowd.sight.due is None


def test_it_is_due_when_somebody_may_be_told_of() -> None:
    crowd = Audience(FEW + 1)
    assert crowd.sight.due is None
    crowd.move(1, cursor=(1, 1))
    assert crowd.sight.due == 0
    crowd.tick()
    assert crowd.sight.due is None
    crowd.move(1, cursor=(2, 2))
    assert crowd.sight.due == crowd.now + 100


def seen_by(view: View | None, presence: Presence) -> bool:
    """Whether somebody must know where that cursor is: it is on their screen."""
    if view is None or presence.cursor is None:
        return presence.cursor is not None
    x, y, w, h = view
    return x <= presence.cursor[0] <= x + w and y <= presence.cursor[1] <= y + h


PEOPLE = st.integers(0, 10**6)
NUMBERS = st.integers(-4_000, 4_000)
STEPS = st.one_of(
    st.tuples(st.just("move"), PEOPLE, st.one_of(st.none(), st.tuples(NUMBERS, NUMBERS))),
    st.tuples(st.just("select"), PEOPLE, st.sampled_from([(), (A,), (A, B)])),
    st.tuples(st.just("edit"), PEOPLE, st.sampled_from([None, A])),
    st.tuples(st.just("drag"), PEOPLE, st.one_of(st.none(), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))),
    st.tuples(st.just("look"), PEOPLE, st.tuples(NUMBERS, NUMBERS, st.integers(0, 30_000), st.integers(0, 3_000))),
    st.tuples(st.just("see all"), PEOPLE, st.none()),
    st.tuples(st.sampled_from(["arrive", "leave"]), PEOPLE, st.none()),
    st.tuples(st.just("tick"), st.integers(0, 120), st.none()),
)
FIELDS = {"move": "cursor", "select": "selection", "edit": "editing", "drag": "drag"}


@settings(max_examples=80, deadline=None)
@given(st.integers(FEW - 3, FEW + 4), st.lists(STEPS, max_size=60))
def test_in_the_end_everybody_knows_what_they_can_see_and_sees_no_ghosts(
    people: int, steps: list[tuple[str, int, object]]
) -> None:
    """[PRE-3]"""
    room = Audience(people)
    for what, who, value in steps:
        conns = list(room.does)
        conn = conns[who % len(conns)]
        match what:
            case "tick":
                room.tick(who)
            case "arrive":
                room.arrive()
            case "leave" if len(conns) > 1:
                room.leave(conn)
            case "leave":
                pass
            case "look" | "see all":
                room.look(conn, value)  # type: ignore[arg-type]
            case _:
                room.move(conn, **{FIELDS[what]: value})
    room.settle()
    for viewer, known in room.knows.items():
        view = room.does[viewer].view
        for conn, does in room.does.items():
            knows = known.get(conn, Presence())
            assert (knows.selection, knows.editing) == (does.selection, does.editing)
            assert (knows.drag is None) == (does.drag is None)
            if seen_by(view, does):
                assert knows == does
            elif seen_by(view, knows):
                raise AssertionError(f"{viewer} sees a ghost of {conn}")
