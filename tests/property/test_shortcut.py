"""The short way through the gate ends where the long way ends, or is not taken."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

import harvestry_crdt.gate
from harvestry_crdt import Board, GateError
from harvestry_crdt.gate import Gate
from harvestry_crdt.index import Index
from harvestry_crdt.inspection import Inspection
from harvestry_crdt.shortcut import take
from harvestry_crdt.wire import decode_update
from support.updates import ANN, BEN, SERVER, any_, block, deletions, item, move, note, string, update, value

_BOARDS = json.loads((Path(__file__).parents[1] / "vectors" / "honest.json").read_text(encoding="utf-8"))
_SERVER = (1 << 53) - 1
# Bytes that mean something somewhere in an update.
_TELLING = (0, 1, 2, 3, 4, 8, 0x28, 0x44, 0x75, 0x77, 0x7D, 0x7F, 0x80, 0x84, 0x88, 0xA8, 0xC4, 0xFF)


def picture(index: Index) -> object:
    """All that an index holds, as plain values."""
    return (
        index.revision,
        {
            client: (list(runs.starts), list(runs.places), runs.end, runs.nodes, runs.pairs, list(runs.gone))
            for client, runs in index.clients.items()
        },
        [
            (node.kind, node.name, node.item, node.again, node.dead, node.type, node.made, node.written, node.length)
            for node in index.nodes
        ],
        [sorted(node.fields or ()) for node in index.nodes],
        index.living,
        index.buried,
        index.pieces,
        index.rivals,
    )


def meaning(diff: bytes) -> object:
    """A diff without the order of clients and of keys in values, which the engine leaves to chance."""
    blocks, deleted = decode_update(diff, trusted=True) if diff else ([], [])
    return {block[0]: block for block in blocks}, dict(deleted)


class Pair:
    """Two gates that are told the same; one never takes the short way."""

    def __init__(self) -> None:
        self.short, self.long = Gate(_SERVER), Gate(_SERVER)
        self.taken: Counter[str] = Counter()

    def compare(self, data: bytes, *, admit: bool = False) -> None:
        draft = take(self.short.index, data, _SERVER)
        try:
            thorough = self.long.inspect_thoroughly(data)
        except GateError:
            assert draft is None, data.hex()
            return
        if draft is not None:
            assert (
                draft.client_ids,
                list(draft.operations),
                draft.is_settled,
                draft.is_empty,
                list(draft.doubtful),
            ) == (
                thorough.client_ids,
                thorough.operations,
                thorough.is_settled,
                thorough.is_empty,
                thorough.doubtful,
            ), data.hex()
            assert draft.revision == thorough.revision
            # A number tells 1 from true, which compare as equal.
            assert repr(draft.operations) == repr(tuple(thorough.operations))
            self.taken[f"{draft.operations[0].action} {draft.is_settled}"] += 1
        if admit:
            self.short.admit(draft or self.short.inspect_thoroughly(data))
            self.long.admit(thorough)

    def agree(self) -> None:
        assert picture(self.short.index) == picture(self.long.index)


def changed(chance: random.Random, data: bytes) -> bytes:
    """An update with one to three bytes changed, left out, or put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(out) or 1)
        byte = chance.choice(_TELLING) if chance.random() < 0.6 else chance.randrange(256)
        match chance.randrange(6):
            case 0:
                out[at:at] = bytes((byte,))
            case 1:
                del out[at : at + 1]
            case 2 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case _:
                out[at : at + 1] = bytes((byte,))
    return bytes(out)


@pytest.mark.parametrize("recorded", _BOARDS, ids=[recorded["name"] for recorded in _BOARDS])
def test_both_ways_agree_on_honest_and_on_changed_updates(recorded: dict[str, list[str]]) -> None:
    """[GAT-2]"""
    chance = random.Random(recorded["name"])  # type: ignore[arg-type]
    pair = Pair()
    updates = [bytes.fromhex(text) for text in recorded["updates"]]
    for number, data in enumerate(updates):
        near = updates[number : number + 3] + updates[max(0, number - 2) : number]
        for frame in near:
            for _ in range(8):
                pair.compare(changed(chance, frame))
        # Some changed ones are taken, so that later ones meet a board no honest client leaves behind.
        if number % 5 == 4:
            pair.compare(changed(chance, data), admit=True)
        pair.compare(data, admit=True)
        pair.agree()


_TYPED = update(block(ANN, 6, item(4, string("x"), origin=(ANN, 5))))


@pytest.mark.parametrize(
    "data",
    [
        move(ANN, 6, -5, (ANN, 2)),
        update(block(ANN, 6, item(0xA8, b"\x01" + any_([1, 2, 3, 4]), origin=(ANN, 2)))),
        update(block(ANN, 6, value("c", "oat", parent=(ANN, 0)))),
        update(block(ANN, 6, value("s", {"a": 0.5, "b": "é"}, parent=(ANN, 0)))),
        _TYPED,
        update(block(ANN, 6, item(4, string("é"), origin=(ANN, 4), right=(ANN, 5)))),
        update(block(ANN, 6, item(4, string("ab"), right=(ANN, 4)))),
        update(block(ANN, 6, item(4, string("ab"), parent=(ANN, 3)))),
        update(deleted=deletions((ANN, [(4, 2)]))),
        update(deleted=deletions((ANN, [(5, 1)]))),
    ],
    ids=["move", "move again", "first colour", "style", "type", "between", "before", "in", "delete", "delete one"],
)
def test_both_ways_agree_on_every_change_of_one_byte(data: bytes) -> None:
    """Each shape that the short way takes: with its first byte of key flag as engines write it, and any other."""
    pair = Pair()
    pair.compare(update(block(ANN, 0, *note(ANN, text="hi"))), admit=True)
    data = data.replace(b"\x88", b"\xa8", 1)
    assert take(pair.short.index, data, _SERVER) is not None
    for at in range(len(data)):
        for byte in range(256):
            pair.compare(data[:at] + bytes((byte,)) + data[at + 1 :])
        pair.compare(data[:at])
        pair.compare(data[:at] + data[at + 1 :])
        for byte in _TELLING:
            pair.compare(data[:at] + bytes((byte,)) + data[at:])


@pytest.mark.parametrize(
    "before",
    [
        update(deleted=deletions((ANN, [(0, 6)]))),
        update(deleted=deletions((ANN, [(0, 1)]))),
        update(deleted=deletions((ANN, [(4, 1)]))),
        update(deleted=deletions((ANN, [(5, 1)]))),
        move(BEN, 0, 9, (ANN, 2)),
        update(block(BEN, 0, value("c", "mere", parent=(ANN, 0)))),
        update(block(BEN, 0, value("c", "mere", parent=(ANN, 0))), deleted=deletions((BEN, [(0, 1)]))),
        update(block(BEN, 0, item(4, string("😀"), origin=(ANN, 4), right=(ANN, 5)))),
        update(block(BEN, 0, item(4, string("x"), origin=(ANN, 5)), value("c", "mere", parent=(ANN, 0)))),
        update(block(BEN, 0, item(4, string("x" * 15_998), origin=(ANN, 5)))),
    ],
    ids=[
        "removed",
        "its entry removed",
        "letter gone",
        "other letter gone",
        "moved",
        "coloured",
        "bleached",
        "emoji between",
        "letter and colour",
        "full",
    ],
)
def test_both_ways_agree_about_what_others_did_before(before: bytes) -> None:
    pair = Pair()
    pair.compare(update(block(ANN, 0, *note(ANN, text="hi"))), admit=True)
    pair.compare(before, admit=True)
    for place in range(6):
        for other in (ANN, BEN):
            for frame in (
                move(ANN, 6, 5, (other, place)).replace(b"\x88", b"\xa8", 1),
                update(block(ANN, 6, value("c", "oat", parent=(other, place)))),
                update(block(ANN, 6, item(4, string("x"), origin=(other, place)))),
                update(block(ANN, 6, item(4, string("x"), right=(other, place)))),
                update(block(ANN, 6, item(4, string("x"), origin=(ANN, 4), right=(other, place)))),
                update(block(ANN, 6, item(4, string("x"), parent=(other, place)))),
                update(deleted=deletions((other, [(place, 1)]))),
                update(deleted=deletions((other, [(place, 2)]))),
            ):
                pair.compare(frame)


def test_the_short_way_is_the_common_one() -> None:
    """What people do all day takes it; else it would be there for nothing. Half of these gestures are several steps."""
    taken: Counter[str] = Counter()
    updates = 0
    for recorded in _BOARDS:
        pair = Pair()
        for text in recorded["updates"]:
            pair.compare(bytes.fromhex(text), admit=True)
            updates += 1
        taken += pair.taken
    assert sum(taken.values()) > updates // 5
    assert set(taken) == {"set True", "text True"}


def test_nobody_takes_the_short_way_under_the_servers_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """[GAT-3]"""
    board = Board(client_id=SERVER)
    board.admit(board.inspect(update(block(ANN, 0, *note(ANN, text="hi")))))
    board.commit()
    frame = move(SERVER, 1, 5, (ANN, 2)).replace(b"\x88", b"\xa8", 1)
    assert take(board._gate.index, frame, 1) is not None
    with pytest.raises(GateError, match="server"):
        board.inspect(frame)


def test_a_board_that_never_takes_it_sends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """[GAT-6]"""
    for recorded in _BOARDS[:4]:
        short, long = Board(client_id=_SERVER), Board(client_id=_SERVER)
        for number, text in enumerate(recorded["updates"]):
            data = bytes.fromhex(text)
            short.admit(short.inspect(data))
            with monkeypatch.context() as patched:
                patched.setattr(harvestry_crdt.gate, "take", lambda *_: None)
                long.admit(long.inspect(data))
            if number % 3 == 0:
                assert meaning(short.commit()) == meaning(long.commit())
        assert short.elements() == long.elements()
        assert picture(short._gate.index) == picture(long._gate.index)


@pytest.mark.parametrize("recorded", _BOARDS, ids=[recorded["name"] for recorded in _BOARDS])
def test_a_board_is_indexed_the_same_without_the_shortcut_for_new_keys(
    recorded: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(client_id=_SERVER)
    for text in recorded["updates"]:
        board.admit(board.inspect(bytes.fromhex(text)))
    board.commit()
    quick, thorough = Gate(_SERVER), Gate(_SERVER)
    quick.absorb(board.encode())
    monkeypatch.setattr(Inspection, "_place_own", lambda *_: False)
    thorough.absorb(board.encode())
    assert picture(quick.index) == picture(thorough.index)
