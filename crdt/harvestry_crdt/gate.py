"""The gate: every foreign update is judged here, beside the engine, before the engine may see it.

The gate is stricter than Yjs where honest replicas never go, and exactly as lenient where they do: repeats, offline
work, redo, and edits of things that were removed meanwhile.
"""

from harvestry_crdt.draft import Draft
from harvestry_crdt.errors import ForgedUpdate, MissingPredecessor
from harvestry_crdt.index import Index
from harvestry_crdt.inspection import Inspection
from harvestry_crdt.shortcut import SmallDraft, take
from harvestry_crdt.wire import decode_delete_set, decode_update, encode_state_vector

AnyDraft = Draft | SmallDraft


class Gate:
    """The checks of one board, over its index.

    Args:
        server_id: The client id only the server writes under.
    """

    __slots__ = ("_server_id", "index")

    def __init__(self, server_id: int) -> None:
        self.index = Index()
        self._server_id = server_id

    def inspect(self, update: bytes) -> AnyDraft:
        """Judge a foreign update; the index stays as it is.

        Raises:
            GateError: One of its kinds, whatever the bytes.
        """
        short = take(self.index, update, self._server_id)
        return self.inspect_thoroughly(update) if short is None else short

    def inspect_thoroughly(self, update: bytes) -> Draft:
        """The same, the long way.

        Raises:
            GateError: One of its kinds, whatever the bytes.
        """
        blocks, deletions = decode_update(update)
        try:
            draft = Inspection(self.index).run(blocks, deletions)
        except MissingPredecessor as missing:
            missing.state_vector = self.state_vector()
            raise
        if self._server_id in draft.runs:
            raise ForgedUpdate("structs under the server's own client id")
        return draft

    def absorb(self, update: bytes) -> None:
        """Index an update our own engine wrote: its state at loading, its diff at a commit it took part in.

        Raises:
            GateError: If it does not fit the index: damaged storage, or a fault of ours.
        """
        blocks, deletions = decode_update(update, trusted=True)
        self.admit(Inspection(self.index, trusted=True).run(blocks, deletions))

    def absorb_deletions(self, delete_set: bytes) -> None:
        """Index all that was deleted at a commit: what its updates said is known, what merging did by itself is not.

        Raises:
            GateError: If it does not fit the index: a fault of ours.
        """
        self.admit(Inspection(self.index, trusted=True).run([], decode_delete_set(delete_set)))

    def admit(self, draft: AnyDraft) -> None:
        """Make a draft on the index as it is now part of it."""
        draft.admit(self.index)

    def state_vector(self) -> bytes:
        """All the gate has admitted, as a v1 state vector."""
        return encode_state_vector({client: runs.end for client, runs in self.index.clients.items()})
