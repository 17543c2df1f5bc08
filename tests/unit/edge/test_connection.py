"""One WebSocket: messages in order, bounded, and an end whatever the other side does; behind our server and others."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode
from websockets.utils import apply_mask

from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.outbox import Fanout
from harvestry.edge.connection import Connection
from harvestry.edge.direct import DirectConnection
from harvestry.edge.plain import PlainConnection
from harvestry.edge.transport import DirectProtocol
from support.line import Peer, pause, play

Server = type[WebSocketsSansIOProtocol]


@pytest.fixture(params=[DirectProtocol, WebSocketsSansIOProtocol], ids=["ours", "another"])
def server(request: pytest.FixtureRequest) -> Server:
    chosen: Server = request.param
    return chosen


def test_a_connection_is_as_direct_as_its_server(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        assert isinstance(peer.connection, DirectConnection if server is DirectProtocol else PlainConnection)

    play(scenario)


def test_messages_are_sent_in_order(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        for message in (b"1", Fanout(b"2", lambda: None), b"x" * 70_000, Fanout(b"y" * 200, lambda: None)):
            peer.connection.offer(message)
            await pause()
        assert peer.frames() == [b"1", b"2", b"x" * 70_000, b"y" * 200]

    play(scenario)


def test_what_was_offered_is_sent_before_the_close(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.line.block()
        peer.connection.offer(b"last")
        peer.connection.offer(b"words")
        peer.connection.close(CloseCode.REVOKED, "revoked")
        peer.connection.close(CloseCode.FAULT, "too late to matter")
        peer.connection.offer(b"nobody hears this")
        await pause()
        peer.line.unblock()
        await pause()
        assert peer.frames() == [b"last", b"words"]
        assert peer.closes() == [CloseCode.REVOKED]
        assert peer.has_ended

    play(scenario)


def test_what_a_peer_gets_wrong_closes_with_its_code_and_nothing_more_is_handled(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.say(b"good", b"bad", b"more")
        await pause()
        assert peer.handled == [b"good", b"bad"]
        assert peer.closes() == [CloseCode.MALFORMED]
        assert peer.has_ended

    play(scenario)


def test_a_bug_of_ours_closes_with_1011_and_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.say(b"bug")
        await pause()
        assert peer.closes() == [CloseCode.FAULT]

    play(scenario)
    assert "ZeroDivisionError" in caplog.text


def test_a_peer_that_does_not_read_is_let_go_when_its_outbox_is_full(server: Server) -> None:
    """[LIM-2]"""

    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.line.block()
        offered = 0
        while not peer.has_ended:
            peer.connection.offer(b"x" * 40)
            offered += 40
            await pause()
        # One is on its way, a server that is not ours holds another, and two fit into the outbox.
        assert 160 <= offered <= 200
        assert len(peer.line.waiting) < 100

    play(scenario)


def test_a_slow_reader_may_begin_again_twice_in_a_minute(server: Server) -> None:
    """[LIM-2]"""

    async def fill(peer: Peer) -> None:
        peer.line.block()
        for _ in range(8):
            peer.connection.offer(b"x" * 40)
            await pause()

    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.connection.when_too_slow(b"behind")
        for _ in range(2):
            await fill(peer)
            assert not peer.has_ended
            peer.line.unblock()
            await pause()
            # What was under way comes first, and after the notice nothing until the reader has answered.
            assert peer.frames()[-1] == b"behind"
            peer.connection.offer(b"nobody hears this")
            await pause()
            assert peer.frames()[-1] == b"behind"
            peer.connection.begin_again()
            peer.connection.offer(b"welcome")
            await pause()
            assert peer.frames()[-1] == b"welcome"
        await fill(peer)
        assert peer.has_ended

    play(scenario)


def test_only_who_was_told_of_being_behind_begins_again(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.connection.when_too_slow(b"behind")
        with pytest.raises(PeerError) as refused:
            peer.connection.begin_again()
        assert refused.value.code is CloseCode.MALFORMED

    play(scenario)


def test_a_peer_that_does_not_read_its_close_is_let_go_after_a_while(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.line.block()
        peer.connection.offer(b"x")
        peer.connection.close(CloseCode.REVOKED, "revoked")
        await pause()
        peer.clock.turn(4_999)
        await pause()
        assert not peer.has_ended
        peer.clock.turn(1)
        await pause()
        assert peer.has_ended

    play(scenario)


def test_a_reader_that_was_spared_presence_is_reported_once_it_has_caught_up(server: Server) -> None:
    async def scenario() -> None:
        told: list[int] = []
        peer = await Peer.meet(server)
        peer.connection.when_caught_up(lambda: told.append(1))
        peer.line.block()
        for message in (b"on its way", b"there too", b"x" * 51):
            peer.connection.offer(message)
            await pause()
        peer.connection.offer(Fanout(b"presence", lambda: None))
        await pause()
        assert told == []
        peer.line.unblock()
        await pause()
        assert peer.frames() == [b"on its way", b"there too", b"x" * 51]
        assert told == [1]

    play(scenario)


def test_one_that_vanishes_ends(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.vanish()
        peer.connection.offer(b"nobody hears this")
        await pause()
        assert peer.has_ended

    play(scenario)


def test_one_that_hangs_up_ends(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.say(b"bye")
        peer.hang_up()
        await pause()
        assert peer.handled == [b"bye"]
        assert peer.has_ended

    play(scenario)


def test_nothing_is_handled_while_a_connection_is_held(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.say(b"1", b"hold", b"2", b"hold", b"3")
        await pause()
        peer.say(b"4")
        await pause()
        assert peer.handled == [b"1", b"hold"]
        peer.connection.hold()
        peer.connection.release()
        await pause()
        assert peer.handled == [b"1", b"hold"]
        peer.connection.release()
        await pause()
        assert peer.handled == [b"1", b"hold", b"2", b"hold"]
        assert not peer.line.reads
        peer.connection.release()
        await pause()
        assert peer.handled == [b"1", b"hold", b"2", b"hold", b"3", b"4"]
        assert peer.line.reads

    play(scenario)


def test_what_came_while_somebody_was_greeted_is_handled_first(server: Server) -> None:
    async def scenario() -> None:
        looked_at = asyncio.Event()
        hellos: list[bytes | str] = []

        async def greeting(connection: Connection) -> None:
            hellos.extend([await connection.receive(), await connection.receive()])
            await looked_at.wait()

        peer = await Peer.meet(server, greeting)
        peer.say(b"hello", b"there", b"1", b"2")
        await pause()
        assert hellos == [b"hello", b"there"]
        peer.say(b"3")
        looked_at.set()
        await pause()
        peer.say(b"4")
        await pause()
        assert peer.handled == [b"1", b"2", b"3", b"4"]

    play(scenario)


def test_a_refused_peer_reads_why(server: Server) -> None:
    async def scenario() -> None:
        async def greeting(connection: Connection) -> None:
            await connection.receive()
            await connection.refuse(CloseCode.UNAUTHORISED, "no")

        peer = await Peer.meet(server, greeting)
        peer.say(b"hello")
        await pause()
        assert peer.closes() == [CloseCode.UNAUTHORISED]

    play(scenario)


def test_what_passes_through_is_counted(server: Server) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(server)
        peer.say(b"12345", b"x" * 300)
        peer.connection.offer(b"1234567")
        await pause()
        assert (peer.metrics.bytes_in, peer.metrics.bytes_out) == (305, 7)

    play(scenario)


def frame(opcode: Opcode, data: bytes, *, last: bool = True, reserved: int = 0) -> bytes:
    """A frame as a client sends it, or would if it were broken."""
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return bytes([0x80 * last | reserved << 4 | opcode]) + size + b"mask" + apply_mask(data, b"mask")


SMALL, MEDIUM, LARGE = b"small", b"m" * 126, b"L" * 3_000
FRAMES = st.sampled_from(
    [
        [frame(Opcode.BINARY, SMALL)],
        [frame(Opcode.BINARY, b"")],
        [frame(Opcode.BINARY, MEDIUM)],
        [frame(Opcode.BINARY, LARGE)],
        [frame(Opcode.TEXT, b"text")],
        [frame(Opcode.PING, b"there?")],
        [frame(Opcode.PONG, b"")],
        [frame(Opcode.BINARY, SMALL, last=False), frame(Opcode.PING, b""), frame(Opcode.CONT, SMALL)],
        # Each of these ends the connection.
        [frame(Opcode.CONT, b"of nothing")],
        [frame(Opcode.BINARY, SMALL, last=False), frame(Opcode.BINARY, SMALL)],
        [frame(Opcode.BINARY, SMALL, reserved=4)],
        [frame(Opcode.BINARY, b"x" * 5_000)],
        [frame(Opcode.CLOSE, b"\x03\xe8")],
        [frame(Opcode.PING, b"x" * 126)],
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAMES, max_size=8).map(itertools.chain.from_iterable).map(list), st.lists(st.integers(1, 4_000)))
def test_whatever_arrives_however_it_is_cut_means_what_single_frames_mean_to_the_library(
    frames: list[bytes], cuts: list[int]
) -> None:
    """Our reading of frames is quicker than the library's, and no other."""

    async def outcome(server: Server, pieces: list[bytes]) -> tuple[object, ...]:
        peer = await Peer.meet(server)
        for piece in pieces:
            if not peer.line.is_closing():
                peer.say_raw(piece)
            await pause()
        handled = [message if isinstance(message, bytes) else "text" for message in peer.handled]
        pongs = [heard.data for heard in peer.listen() if heard.opcode is Opcode.PONG]
        return handled, pongs, peer.closes(), peer.line.is_closing(), peer.has_ended

    async def scenario() -> None:
        data = b"".join(frames)
        marks = [0, *itertools.accumulate(cuts), len(data)]
        pieces = [data[start:stop] for start, stop in itertools.pairwise(marks)]
        ours = await outcome(DirectProtocol, pieces)
        assert ours == await outcome(WebSocketsSansIOProtocol, frames)

    play(scenario)
