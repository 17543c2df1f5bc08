"""The gate: every foreign update is judged here, beside the engine, before the engine may see it.

The gate is stricter than Yjs where honest replicas never go, and exactly as lenient where they do: repeats, offline
work, redo, and edits of things that were removed meanwhile.
"""

from harvestry_crdt.draft import Draft
from harvestry_crdt.errors import ForgedUpdate, MissingPredecessor
from harvestry_crdt.index import ELEMENT, Index
from harvestry_crdt.inspection import Inspection
from harvestry_crdt.wire import decode_delete_set, decode_update, encode_state_vector


class Gate:
    """The checks of one board, over its index.

    Args:
        server_id: The client id only the server writes under.
    """

    __slots__ = ("_server_id", "index")

    def __init__(self, server_id: int) -> None:
        self.index = Index()
        self._server_id = server_id

    def inspect(self, update: bytes) -> Draft:
        """Judge a foreign update; the index stays as it is.

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

    def admit(self, draft: Draft) -> None:
        """Make a draft on the index as it is now part of it."""
        if draft.is_empty:
            return
        index = self.index
        index.revision += 1
        clients = index.clients
        for client, fresh in draft.runs.items():
            runs = clients.get(client)
            if runs is None:
                clients[client] = fresh
            else:
                runs.extend(fresh)
        nodes = index.nodes
        if draft.nodes:
            nodes.extend(draft.nodes)
        for client, first, end in draft.deleted:
            clients[client].delete(first, end)
        for node in draft.removed:
            node.dead = True
            number = index.living.get(node.name) if node.kind == ELEMENT else None
            if number is not None and nodes[number] is node:
                del index.living[node.name]
            holder = node.parent
            if holder is not None and holder.fields is not None:
                # Only the server takes a field out of a card; then the name is free again.
                holder.fields.discard(node.name)
        for node, length in draft.lengths:
            node.length = length
        for holder, name in draft.fields:
            if holder.fields is None:
                holder.fields = set()
            holder.fields.add(name)
        if draft.created:
            index.living.update(draft.created)

    def state_vector(self) -> bytes:
        """All the gate has admitted, as a v1 state vector."""
        return encode_state_vector({client: runs.end for client, runs in self.index.clients.items()})
