"""What our server's WebSocket protocol adds to the library's."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from harvestry.core.outbox import Fanout
from harvestry.edge.transport import DirectProtocol
from support.line import Peer, pause, play


def masked(opcode: Opcode, data: bytes) -> bytes:
    return Frame(opcode, data).serialize(mask=True, extensions=None)


def test_everybody_is_written_the_very_same_bytes() -> None:
    async def scenario() -> None:
        peers = [await Peer.meet(DirectProtocol) for _ in range(3)]
        fanout = Fanout(b"for everybody", lambda: None)
        for peer in peers:
            peer.connection.offer(fanout)
        assert {id(peer.line.written[-1]) for peer in peers} == {id(fanout.framed)}
        assert [peer.frames() for peer in peers] == [[b"for everybody"]] * 3

    play(scenario)


def test_a_message_is_written_and_handled_without_a_turn_of_the_loop() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say(b"hello")
        assert peer.handled == [b"hello"]
        peer.connection.offer(b"welcome")
        assert peer.frames() == [b"welcome"]

    play(scenario)


def test_the_transport_tells_of_the_first_byte_the_network_does_not_take() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        assert peer.line.high_water == 0

    play(scenario)


def test_a_peer_with_a_thousand_messages_takes_turns_with_the_others() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say_raw(masked(Opcode.BINARY, b"x") * 1_000)
        assert len(peer.handled) == 64
        assert not peer.line.reads
        peer.say_raw(masked(Opcode.BINARY, b"read before the pause"))
        assert len(peer.handled) == 64
        other = await Peer.meet(DirectProtocol)
        other.say(b"me too")
        assert other.handled == [b"me too"]
        await pause()
        assert len(peer.handled) == 1_001
        assert peer.line.reads

    play(scenario)


def test_one_that_is_held_while_others_have_their_turn_stays_held() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say_raw(masked(Opcode.BINARY, b"x") * 63 + masked(Opcode.BINARY, b"hold") + masked(Opcode.BINARY, b"y"))
        await pause()
        assert len(peer.handled) == 64
        assert not peer.line.reads
        peer.connection.release()
        assert peer.handled[-1] == b"y"
        assert peer.line.reads

    play(scenario)


def test_a_frame_in_single_bytes_is_one_message() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        for byte in masked(Opcode.BINARY, b"drip") + masked(Opcode.BINARY, b"x" * 300):
            peer.say_raw(bytes([byte]))
        assert peer.handled == [b"drip", b"x" * 300]

    play(scenario)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 300, 4_096])
def test_a_message_of_any_size_is_taken_whole_whatever_stands_beside_it(size: int) -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        message = bytes(index % 251 for index in range(size))
        frames = masked(Opcode.BINARY, b"before") + masked(Opcode.BINARY, message) + masked(Opcode.BINARY, b"after")
        for cut in (1, 9, 11, 15, len(frames) - 13, len(frames)):
            peer.handled.clear()
            peer.say_raw(frames[:cut])
            peer.say_raw(frames[cut:])
            assert peer.handled == [b"before", message, b"after"]

    play(scenario)


def test_a_frame_that_will_be_too_large_is_not_awaited() -> None:
    """[LIM-1] Its first bytes say how large it is."""

    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say_raw(masked(Opcode.BINARY, b"x" * 5_000)[:8])
        assert peer.closes() == [1009]

    play(scenario)


def test_an_unmasked_frame_is_not_awaited_either() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say_raw(Frame(Opcode.BINARY, b"x" * 50).serialize(mask=False, extensions=None)[:2])
        assert peer.closes() == [1002]

    play(scenario)


def test_a_peer_that_is_told_of_its_end_in_the_midst_of_its_messages_can_still_close() -> None:
    async def scenario() -> None:
        peer = await Peer.meet(DirectProtocol)
        peer.say_raw(masked(Opcode.BINARY, b"bad") + masked(Opcode.BINARY, b"x") * 100 + masked(Opcode.CLOSE, b""))
        await pause()
        assert peer.closes() == [4400]
        assert peer.handled == [b"bad"]
        assert peer.line.was_closed
        assert not peer.line.was_aborted

    play(scenario)
