"""What every clock of a board is: the index beside the engine that lets the gate judge an update by itself.

Each client's clocks are covered without a gap by runs; a run says which **place** its items live in. A place is one
int, `node << 4 | key`: a node is a map or text of the board, the key says which entry of it. Neighbours in one place
are one run, so that ten thousand drag steps of a note cost as much as one.
"""

from array import array
from bisect import bisect_right
from typing import Final

from harvestry_crdt.wire import encode_varint

# Kinds of node.
META: Final = 0
ELEMENTS: Final = 1
NOTHING: Final = 2
ELEMENT: Final = 3
TEXT: Final = 4
FIELDS: Final = 5

# Entry 0 of a node is the item that made it, 1–10 are the keys of the schema, 15 is text.
ENTRY: Final = 0
CONTENT: Final = 15
HT: Final = 1

# The place of everything that no longer is anywhere: collected, or inside something removed.
DEAD: Final = 2 << 4
# The place of a value or of text that came into something removed. The engine collects it only at the end of its
# transaction, and fails on what names it as a parent before.
SCRAP: Final = DEAD | 1


class Node:
    """A map or a text of the board.

    Attributes:
        again: An element whose id was used before: it was removed and brought back.
        kind: One of the constants above.
        name: Element id, or name of a card's field; else empty.
        parent: The element of a text or of the fields, the fields of a field's text; None at the root.
        item: (client, clock) of the item that made it.
        dead: Removed; ask `is_alive` about a node, since parents die without telling their children.
        type: An element's kind.
        made: An element's keys that hold a text or a map, one bit each.
        written: Keys that anything was ever written under, one bit each; bit 15 is a text's content.
        length: Of a text: UTF-16 units that are not deleted.
        fields: Of a card's fields: the names taken.
    """

    __slots__ = ("again", "dead", "fields", "item", "kind", "length", "made", "name", "parent", "type", "written")

    def __init__(self, kind: int, name: str, parent: "Node | None", item: tuple[int, int]) -> None:
        self.kind = kind
        self.name = name
        self.parent = parent
        self.item = item
        self.again = False
        self.dead = False
        self.type = ""
        self.made = 0
        self.written = 0
        self.length = 0
        self.fields: set[str] | None = None

    def is_alive(self) -> bool:
        """Whether neither this node nor anything around it has been removed."""
        node: Node | None = self
        while node is not None:
            if node.dead:
                return False
            node = node.parent
        return True

    @property
    def element(self) -> "Node":
        """The element this node is, or is inside of."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node


class Runs:
    """The clocks of one client: from 0 to `end`, each in exactly one run.

    Attributes:
        client: Whose they are.
        base: The first clock covered: 0, or where a draft begins.
        end: The clock after the last known one.
        starts: First clock of each run, ascending.
        places: The place of each run.
        nodes: Clock of an item that made a node → its number.
        pairs: Clocks of second halves of surrogate pairs: nothing may begin or end just before one.
        gone: Deleted clocks, as alternating starts and ends, ascending and apart.
        owner: The client in a tuple. This and the next two are there once the runs are part of an index.
        size: How many bytes the client takes on the wire.
        deletion: A delete set on the wire up to the clock of its only range, which is the client's.
    """

    __slots__ = ("base", "client", "deletion", "end", "gone", "nodes", "owner", "pairs", "places", "size", "starts")

    owner: tuple[int]
    size: int
    deletion: bytes

    def __init__(self, client: int, base: int = 0) -> None:
        self.client = client
        self.base = base
        self.end = base
        self.starts = array("q")
        self.places = array("q")
        self.nodes: dict[int, int] = {}
        self.pairs: set[int] = set()
        self.gone = array("q")

    def add(self, length: int, place: int) -> None:
        """Cover the next `length` clocks."""
        places = self.places
        if not places or places[-1] != place:
            self.starts.append(self.end)
            places.append(place)
        self.end += length

    def place(self, clock: int) -> int:
        """The place of a clock that is covered."""
        return self.places[bisect_right(self.starts, clock) - 1]

    def extend(self, draft: "Runs") -> None:
        """Take over the clocks of a draft that begins where this ends."""
        starts, places = draft.starts, draft.places
        again = bool(self.places) and self.places[-1] == places[0]
        if not again or len(places) > 1:
            self.starts.extend(starts[1:] if again else starts)
            self.places.extend(places[1:] if again else places)
        self.end = draft.end
        if draft.nodes:
            self.nodes.update(draft.nodes)
        if draft.pairs:
            self.pairs.update(draft.pairs)
        gone = draft.gone
        for i in range(0, len(gone), 2):
            self.delete(gone[i], gone[i + 1])

    def walk(self, first: int, end: int) -> list[tuple[int, int, int]]:
        """The covered part of `first … end` as (first, end, place), one for each run it touches."""
        first = max(first, self.base)
        end = min(end, self.end)
        found: list[tuple[int, int, int]] = []
        starts, places = self.starts, self.places
        i = bisect_right(starts, first) - 1
        while first < end:
            stop = starts[i + 1] if i + 1 < len(starts) else self.end
            if stop > end:
                stop = end
            found.append((first, stop, places[i]))
            first = stop
            i += 1
        return found

    def delete(self, first: int, end: int) -> None:
        """Note that these clocks are deleted; some may be already."""
        gone = self.gone
        if not gone or first > gone[-1]:
            gone.append(first)
            gone.append(end)
            return
        if first == gone[-1]:
            gone[-1] = end
            return
        i = bisect_right(gone, first - 1)
        j = bisect_right(gone, end)
        # An odd position is inside a deleted range: join with it. Ranges that touch join, too.
        gone[i:j] = array("q", ([] if i & 1 else [first]) + ([] if j & 1 else [end]))

    def letters(self) -> int:
        """How many units of words are still there."""
        starts, places = self.starts, self.places
        return sum(
            stop - start
            for i, place in enumerate(places)
            if place & 15 == CONTENT
            for start, stop in self.still_there(starts[i], starts[i + 1] if i + 1 < len(starts) else self.end)
        )

    def still_there(self, first: int, end: int) -> list[tuple[int, int]]:
        """The parts of `first … end` that are not deleted."""
        gone = self.gone
        if not gone or first >= gone[-1]:
            return [(first, end)]
        i = bisect_right(gone, first)
        if i & 1:
            first = gone[i]
            i += 1
        found: list[tuple[int, int]] = []
        while first < end:
            if i >= len(gone):
                found.append((first, end))
                break
            if gone[i] >= end:
                found.append((first, end))
                break
            if gone[i] > first:
                found.append((first, gone[i]))
            first = gone[i + 1]
            i += 2
        return found


class Index:
    """All that the gate knows of one board.

    Attributes:
        revision: Changes whenever anything here does.
        clients: Runs of every client that ever wrote.
        spellings: The same by the client's bytes on the wire.
        nodes: By number; the first three are fixed.
        living: Element id → number of its node, unless removed.
        buried: Element id → how often something was removed under it.
        pieces: Place of a key or text → pieces it is in for the engine, beyond the first. Who goes on where they left
            off makes no new one.
        others: Element id → number of another node under it that may be the one to live.
        rivals: Place of a key → writes that knew of none before them, beyond the first.
    """

    __slots__ = ("buried", "clients", "living", "nodes", "others", "pieces", "revision", "rivals", "spellings")

    def __init__(self) -> None:
        self.revision = 0
        self.clients: dict[int, Runs] = {}
        self.spellings: dict[bytes, Runs] = {}
        nothing = Node(NOTHING, "", None, (-1, 0))
        nothing.dead = True
        self.nodes = [Node(META, "", None, (-1, 0)), Node(ELEMENTS, "", None, (-1, 0)), nothing]
        self.living: dict[str, int] = {}
        self.buried: dict[str, int] = {}
        self.pieces: dict[int, int] = {}
        self.rivals: dict[int, int] = {}
        self.others: dict[str, int] = {}

    def welcome(self, runs: Runs) -> None:
        """Take in the runs of a client that had written nothing."""
        spelling = encode_varint(runs.client)
        runs.owner = (runs.client,)
        runs.size = len(spelling)
        runs.deletion = b"\x01" + spelling + b"\x01"
        self.clients[runs.client] = self.spellings[spelling] = runs

    def clocks(self) -> dict[int, int]:
        """The state vector as a dict."""
        return {client: runs.end for client, runs in self.clients.items()}
