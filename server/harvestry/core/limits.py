"""Every bound of a room in one value; the defaults are those of `config.Settings`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

__all__ = ["Limits", "Millis", "tick_interval"]

Millis = NewType("Millis", int)

# People in the room → milliseconds between ticks. Delivering costs people × ticks, so the tick stretches with the room.
_TICKS = ((20, 16), (100, 33), (300, 40), (600, 50))
_SLOWEST_TICK_MS = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one room and each of its connections may take.

    Attributes:
        max_frame_bytes: One WebSocket message from a client.
        max_outbox_bytes: What may wait for one slow reader before it is disconnected.
        presence_outbox_bytes: What may wait before presence is left out of a slow reader's frames.
        max_batch_edits: Edits that one commit takes; reading pauses while as many wait.
        max_batch_bytes: Bytes that one commit takes; reading pauses while as many wait.
        max_parked_bytes: Edits of one connection that wait for their predecessor; the gate reads them again and again.
        max_connections: Connections in one room.
        max_client_ids: Yjs clients that may ever write to one board; each costs some 25 bytes for ever.
        max_connection_client_ids: Yjs clients that may write through one connection.
        heartbeat_ms: The longest silence towards a stock client.
        max_seats: Seats in one gathering, those that were ended included.
        max_seat_elements: Elements that one person, no host, may have made that are still there.
        max_seat_bytes: Words and strokes of one person, no host.
        max_board_elements: Elements of one board, deleted ones that undo can bring back included.
        max_board_bytes: What one board may take, encoded.
        max_edit_rate: Edits a second of one connection, and of one seat, that are read without delay.
        max_edit_burst: Edits at once that are, after a pause; a person coming back brings what they did offline.
        max_presence_rate: Presence messages a second of one connection; of more, the latest counts.
    """

    max_frame_bytes: int = 65_536
    max_outbox_bytes: int = 262_144
    presence_outbox_bytes: int = 65_536
    max_batch_edits: int = 256
    max_batch_bytes: int = 1_048_576
    max_parked_bytes: int = 65_536
    max_connections: int = 1_200
    max_client_ids: int = 20_000
    max_connection_client_ids: int = 64
    heartbeat_ms: Millis = Millis(15_000)
    max_seats: int = 5_000
    max_seat_elements: int = 500
    max_seat_bytes: int = 2_000_000
    max_board_elements: int = 10_000
    max_board_bytes: int = 20_000_000
    max_edit_rate: int = 60
    max_edit_burst: int = 600
    max_presence_rate: int = 30


def tick_interval(people: int) -> Millis:
    """How long a room of that many waits between two ticks."""
    for at_most, interval in _TICKS:
        if people <= at_most:
            return Millis(interval)
    return Millis(_SLOWEST_TICK_MS)
