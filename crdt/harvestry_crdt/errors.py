"""What can go wrong: peers' errors, damaged storage, and faults of our own engine.

Everything a peer can cause is a `GateError`; nothing else may come out of the gate, whatever the bytes.
"""


class GateError(Exception):
    """An update or state vector of a peer that was not taken; nothing of it touched the board.

    Attributes:
        code: Stable, for counters and close reasons.
        reason: One sentence for the log; never contains anything the peer wrote.
    """

    code = "refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedUpdate(GateError):
    """Not a strict Yjs v1 update, or one that no honest replica can have produced."""

    code = "malformed"


class ForgedUpdate(GateError):
    """Structs under a client id that is not the sender's to use."""

    code = "forged"


class SchemaBreach(GateError):
    """A well-formed update that would make the board something other than a board."""

    code = "schema"


class MissingPredecessor(GateError):
    """The update builds on something this board has not seen: a gap, not an attack.

    Attributes:
        state_vector: What the board does know, so that the peer can send everything after it.
    """

    code = "missing"

    def __init__(self, reason: str, state_vector: bytes = b"\x00") -> None:
        super().__init__(reason)
        self.state_vector = state_vector


class DamagedBoard(Exception):
    """The stored bytes of our own log do not load."""


class EngineFault(Exception):
    """The engine failed on bytes that had passed the gate: a bug of ours, never the peer's.

    The engine applies in place and may have stopped half way, so the board in memory is lost: drop it and load it
    again from the log.
    """
