"""A draft: one update laid over the index, as the gate finds out what it does.

The draft changes nothing. Admitting it is what makes its runs, nodes and deletions part of the index.
"""

from bisect import bisect_right
from typing import Final

from harvestry_crdt.element import Operation
from harvestry_crdt.index import ELEMENT, Index, Node, Runs
from harvestry_crdt.wire import Deletions

# A whole value written under a key: place, value, client and last clock of the item, and the item (client -1: none)
# that this and the update's writes before it there follow in one chain. None if the chain is broken: then the last
# one is not sure to win.
Write = tuple[int, object, int, int, tuple[int, int] | None]
# Deleted content as the value of a write: whatever was under the key is unset.
NOTHING_LEFT: Final = object()
# The value of a key that holds a map or a text.
SHARED: Final = object()


class Draft:
    """What an update adds to the index, and what policy needs to know of it.

    Attributes:
        revision: Of the index it lies on; on any other it means nothing.
        runs: New clocks by client.
        nodes: New nodes; they are numbered on from the index's.
        created: Element id → node number of elements that now live.
        removed: Nodes whose entry is deleted.
        buried: Element id → how often something came under it that was deleted already.
        firsts: Place under a key, or of a text's content, that this is the first to write → the known node.
        pieces: What this adds to the index's.
        rivals: What this adds to the index's.
        deleted: (client, first, end) not deleted before.
        doubtful: (element id or None, key) that a living thing needs and that merging might take from it: only the
            engine's order of concurrent writes tells. Whoever applies the update puts back what is lost.
        lengths: New lengths of texts.
        fields: Names newly taken in a card.
        operations: For policy.
        is_settled: Merging it deletes nothing beyond what it says; if in doubt it is not.
        deletions: All that the update deletes, as it came.
        writes: Whole values written in living things.
        inserted: Node number of a text → UTF-16 units that came.
        cut: Node number of a text → units that went.
    """

    __slots__ = (
        "buried",
        "created",
        "cut",
        "deleted",
        "deletions",
        "doubtful",
        "fields",
        "firsts",
        "index",
        "inserted",
        "is_settled",
        "known_nodes",
        "lengths",
        "nodes",
        "operations",
        "pieces",
        "ranges",
        "removed",
        "revision",
        "rivals",
        "runs",
        "writes",
    )

    def __init__(self, index: Index) -> None:
        self.index = index
        self.revision = index.revision
        self.known_nodes = len(index.nodes)
        self.runs: dict[int, Runs] = {}
        self.nodes: list[Node] = []
        self.created: dict[str, int] = {}
        self.removed: list[Node] = []
        self.buried: dict[str, int] = {}
        self.firsts: dict[int, Node] = {}
        self.pieces: dict[int, int] = {}
        self.rivals: dict[int, int] = {}
        self.deleted: list[tuple[int, int, int]] = []
        self.doubtful: list[tuple[str | None, str]] = []
        self.lengths: list[tuple[Node, int]] = []
        self.fields: list[tuple[Node, str]] = []
        self.operations: list[Operation] = []
        self.is_settled = True
        self.deletions: list[Deletions] = []
        self.ranges: dict[int, list[tuple[int, int]]] | None = None
        self.writes: list[Write] = []
        self.inserted: dict[int, int] = {}
        self.cut: dict[int, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether the board has all of this already."""
        return not self.runs and not self.deleted

    @property
    def client_ids(self) -> tuple[int, ...]:
        """Clients with structs in it that the board lacks."""
        return tuple(self.runs)

    def admit(self, index: Index) -> None:
        """Make this part of the index, which is as it was when this was made."""
        if not self.runs and not self.deleted:
            return
        index.revision += 1
        clients = index.clients
        for client, fresh in self.runs.items():
            runs = clients.get(client)
            if runs is None:
                index.welcome(fresh)
            else:
                runs.extend(fresh)
        nodes = index.nodes
        if self.nodes:
            nodes.extend(self.nodes)
        for client, first, end in self.deleted:
            clients[client].delete(first, end)
        for node in self.removed:
            node.dead = True
            if node.kind == ELEMENT:
                index.buried[node.name] = index.buried.get(node.name, 0) + 1
                number = index.living.get(node.name)
                if number is not None and nodes[number] is node:
                    del index.living[node.name]
                    other = index.others.pop(node.name, None)
                    if other is not None and not nodes[other].dead:
                        index.living[node.name] = other
            holder = node.parent
            if holder is not None and holder.fields is not None:
                # Only the server takes a field out of a card; then the name is free again.
                holder.fields.discard(node.name)
        if self.buried:
            for name, count in self.buried.items():
                index.buried[name] = index.buried.get(name, 0) + count
        for node, length in self.lengths:
            node.length = length
        for place, node in self.firsts.items():
            node.written |= 1 << (place & 15)
        for place, count in self.pieces.items():
            index.pieces[place] = index.pieces.get(place, 0) + count
        for place, count in self.rivals.items():
            index.rivals[place] = index.rivals.get(place, 0) + count
        for holder, name in self.fields:
            if holder.fields is None:
                holder.fields = set()
            holder.fields.add(name)
        if self.created:
            for name in self.created.keys() & index.living.keys():
                index.others[name] = index.living[name]
            index.living.update(self.created)

    def node(self, number: int) -> Node:
        """A node of the index or a new one."""
        known = self.known_nodes
        return self.index.nodes[number] if number < known else self.nodes[number - known]

    def place_of(self, client: int, clock: int) -> int:
        """The place of a clock, -1 if it is not known yet."""
        runs = self.index.clients.get(client)
        if runs is not None and clock < runs.end:
            return runs.places[bisect_right(runs.starts, clock) - 1]
        runs = self.runs.get(client)
        if runs is not None and clock < runs.end:
            return runs.places[bisect_right(runs.starts, clock) - 1]
        return -1

    def splits_pair(self, client: int, clock: int) -> bool:
        """Whether this clock is the second half of a surrogate pair."""
        runs = self.index.clients.get(client)
        if runs is not None and runs.pairs and clock in runs.pairs:
            return True
        runs = self.runs.get(client)
        return runs is not None and clock in runs.pairs

    def deletes(self, client: int, clock: int) -> bool:
        """Whether this very update deletes that clock, which may have been deleted before."""
        deletions = self.deletions
        if not deletions:
            return False
        if len(deletions) == 1 and len(deletions[0][1]) == 1:
            ((only, ((first, end),)),) = deletions
            return only == client and first <= clock < end
        if self.ranges is None:
            self.ranges = dict(self.deletions)
        ranges = self.ranges.get(client)
        if ranges is None:
            return False
        i = bisect_right(ranges, (clock, 1 << 60)) - 1
        return i >= 0 and clock < ranges[i][1]

    def ends(self, client: int, clock: int) -> bool:
        """Whether that item was there, the last under its key, until this very update."""
        runs = self.index.clients.get(client)
        return (
            runs is not None
            and clock < runs.end
            and self.deletes(client, clock)
            and bool(runs.still_there(clock, clock + 1))
        )

    def is_new(self, item: tuple[int, int]) -> bool:
        """Whether the item came with this update."""
        runs = self.index.clients.get(item[0])
        return runs is None or item[1] >= runs.end
