"""Honest replicas and the gate: whatever they do in order is taken, out of order it is a gap, twice it is nothing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

from harvestry_crdt import Board, MissingPredecessor
from harvestry_crdt.reading import read_element

_SERVER = 1 << 40
_IDS = [f"element{n:05d}" for n in range(6)]
_WORDS = ["a", "word ", "😀", "né", "שלום", "👩‍🌾", ""]
_COLOURS = ["oat", "mere", "sage"]


class Replica:
    """An honest client on pycrdt: edits when told, keeps what it has not sent yet."""

    def __init__(self, client_id: int) -> None:
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.els: Map[Any] = self.doc.get("els", type=Map)
        self.meta: Map[Any] = self.doc.get("meta", type=Map)
        self.outbox: list[bytes] = []
        self.hears = False
        self.subscription = self.doc.observe(lambda event: None if self.hears else self.outbox.append(event.update))

    def hear(self, update: bytes) -> None:
        self.hears = True
        self.doc.apply_update(update)
        self.hears = False

    def act(self, action: str, which: int, number: int) -> None:
        id = _IDS[which]
        element = self.els.get(id)
        with self.doc.transaction():
            if action == "title":
                self.meta["title"] = _WORDS[number % 7]
            elif element is None:
                # An id is made by one client alone.
                if action == "create" and which % 3 == self.doc.client_id % 3:
                    self.els[id] = Map(self.made(number))
            elif action == "move":
                for step in range(1 + number % 3):
                    element["g"] = [number, -step, 10 + step, 10]
            elif action == "recolour":
                element["c"] = _COLOURS[number % 3]
            elif action == "bleach" and "c" in element:
                del element["c"]
            elif action == "delete":
                element["del"] = 1
            elif action == "restore" and "del" in element:
                del element["del"]
            elif action == "remove":
                del self.els[id]
            elif action == "type":
                self.type(element.get("txt"), number)
            elif action == "fill" and element.get("t") == "card":
                self.type(element["d"]["who"], number)

    def made(self, number: int) -> dict[str, Any]:
        kind = ["note", "card", "ink", "shape", "conn", "frame"][number % 6]
        values: dict[str, Any] = {"t": kind, "g": [number, 0, 184, 104], "z": f"a{number}"}
        if kind not in ("ink", "conn"):
            values["txt"] = Text(_WORDS[number % 7])
        if kind == "card":
            values["d"] = Map({"ht": "action", "who": Text("")})
        if kind == "ink":
            values["d"] = b"\x00\x01"
        if kind == "shape":
            values["d"] = {"shape": "rect"}
        if kind == "conn":
            values["d"] = {"a": {"id": _IDS[0]}, "b": {"x": 1, "y": 2}}
        return values

    @staticmethod
    def type(text: Text | None, number: int) -> None:
        if text is None:
            return
        words = str(text)
        at = number % (len(words) + 1)
        offset = len(words[:at].encode())
        if number % 3 and at < len(words):
            del text[offset : offset + len(words[at].encode())]
        else:
            text.insert(offset, _WORDS[number % 7])


_ACTIONS = st.sampled_from(
    [
        "create",
        "create",
        "move",
        "move",
        "recolour",
        "bleach",
        "delete",
        "restore",
        "remove",
        "type",
        "type",
        "fill",
        "title",
    ]
)
_STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(
            st.tuples(st.just("act"), _ACTIONS, st.integers(0, 5), st.integers(0, 100)),
            st.just(("send",)),
            st.just(("send one",)),
            st.just(("hear",)),
            st.just(("resend",)),
            st.just(("commit",)),
            st.just(("restart",)),
            st.just(("whole",)),
        ),
    ),
    max_size=60,
)


class Room:
    """A board, the diffs it committed, and three replicas that hear what was committed and nothing else."""

    def __init__(self) -> None:
        self.board = Board(client_id=_SERVER)
        self.log: list[bytes] = [self.board.commit()]
        self.replicas = [Replica(100 + n) for n in range(3)]
        self.heard = [0, 0, 0]
        self.taken: list[bytes] = []

    def take(self, update: bytes) -> None:
        edit = self.board.inspect(update)
        self.board.admit(edit)
        assert self.board.inspect(update).is_empty
        self.taken.append(update)

    def commit(self) -> None:
        if diff := self.board.commit():
            self.log.append(diff)

    def hear(self, who: int) -> None:
        for update in self.log[self.heard[who] :]:
            self.replicas[who].hear(update)
        self.heard[who] = len(self.log)

    def step(self, who: int, what: tuple[Any, ...]) -> None:
        replica = self.replicas[who]
        match what:
            case ("act", action, which, number):
                replica.act(action, which, number)
            case ("send",):
                while replica.outbox:
                    self.take(replica.outbox.pop(0))
            case ("send one",) if replica.outbox:
                self.take(replica.outbox.pop(0))
            case ("hear",):
                self.hear(who)
            case ("resend",) if self.taken:
                assert self.board.inspect(self.taken[who % len(self.taken)]).is_empty
            case ("commit",):
                self.commit()
            case ("restart",):
                self.commit()
                self.board.close()
                self.board = Board.load(None, self.log, client_id=_SERVER + 1)
            case ("whole",):
                self.commit()
                self.take(replica.doc.get_update(self.board.state_vector()))
                replica.outbox.clear()
            case _:
                pass

    def settle(self) -> None:
        for replica in self.replicas:
            while replica.outbox:
                self.take(replica.outbox.pop(0))
        self.commit()
        for who in range(3):
            self.hear(who)


@settings(max_examples=150, deadline=None)
@given(_STEPS)
def test_honest_work_is_taken_and_everybody_ends_equal(steps: list[tuple[int, tuple[Any, ...]]]) -> None:
    room = Room()
    for who, what in steps:
        room.step(who, what)
    room.settle()
    elements = room.board.elements()
    for replica in room.replicas:
        assert {id: read_element(id, entry) for id, entry in replica.els.items()} == elements
        assert replica.meta.get("title", "") == room.board.title
    again = Board.load(room.board.encode(), (), client_id=1)
    assert again.elements() == elements
    assert again.state_vector() == room.board.state_vector()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_out_of_order_is_a_gap_until_it_is_not(data: st.DataObject) -> None:
    replica = Replica(100)
    removed: set[int] = set()
    for action, which, number in data.draw(
        st.lists(st.tuples(_ACTIONS, st.integers(0, 5), st.integers(0, 100)), min_size=2, max_size=20)
    ):
        # A removal has no clock: nothing in the bytes says that it came before the same id was made again, so a
        # connection, which keeps its order, is what makes that legal.
        if action == "create" and which in removed:
            continue
        replica.act(action, which, number)
        if action == "remove":
            removed.add(which)
    wanted = Board(client_id=_SERVER)
    for update in replica.outbox:
        wanted.admit(wanted.inspect(update))
    wanted.commit()
    waiting = data.draw(st.permutations(replica.outbox))
    board = Board(client_id=_SERVER)
    while waiting:
        behind = []
        for update in waiting:
            try:
                board.admit(board.inspect(update))
            except MissingPredecessor:
                behind.append(update)
        assert len(behind) < len(waiting), "whatever is missing, something can always go first"
        waiting = behind
    board.commit()
    assert board.elements() == wanted.elements()
    assert board.state_vector() == wanted.state_vector()
