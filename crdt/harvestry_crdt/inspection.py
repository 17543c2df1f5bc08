"""An update on its way through the gate: where its structs and deletions belong, and whether they may.

A struct whose surroundings are gone is no offence: an honest author did not know yet. Its place is DEAD, as the engine
makes it a collected struct.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NoReturn

from harvestry_crdt.draft import NOTHING_LEFT, SHARED, Draft
from harvestry_crdt.element import Operation
from harvestry_crdt.errors import MalformedUpdate, MissingPredecessor, SchemaBreach
from harvestry_crdt.index import (
    CONTENT,
    DEAD,
    ELEMENT,
    ENTRY,
    FIELDS,
    HT,
    META,
    NOTHING,
    SCRAP,
    TEXT,
    Index,
    Node,
    Runs,
)
from harvestry_crdt.judgement import judge, key_of
from harvestry_crdt.schema import KEYS, LIMITS, META_KEYS, is_element_id, is_field_name, is_short_name
from harvestry_crdt.wire import (
    ANY,
    BINARY,
    DELETED,
    GC,
    MAP_TYPE,
    STRING,
    TEXT_TYPE,
    TYPE,
    Block,
    Deletions,
    Struct,
    utf16_pairs,
)

_CHECKS: Final = {key.number: key.check for key in KEYS.values()}
_META_CHECKS: Final = {key.number: key.check for key in META_KEYS.values()}
_NUMBERS: Final = {key.name: key.number for key in KEYS.values()}
_META_NUMBERS: Final = {key.name: key.number for key in META_KEYS.values()}
_T: Final = _NUMBERS["t"]
_TXT: Final = _NUMBERS["txt"]
_D: Final = _NUMBERS["d"]
_NOBODY: Final = Node(NOTHING, "", None, (-1, 0))
_FOREVER: Final = 1 << 60
# The number of the node that is nowhere.
_NOWHERE: Final = DEAD >> 4


class Inspection(Draft):
    """The work on one update; used once.

    Args:
        index: What is known; never changed here.
        trusted: Our own engine wrote the update: place everything, judge nothing.
    """

    __slots__ = ("_latest", "_looks", "_needed", "_number", "_parent", "_text_looks", "_trusted")

    def __init__(self, index: Index, *, trusted: bool = False) -> None:
        super().__init__(index)
        self._trusted = trusted
        self._needed = 0
        # The parent that was looked up last, and its node's number.
        self._parent = (-1, 0)
        self._number = -1
        self._looks = self._text_looks = 0
        self._latest: dict[int, tuple[tuple[int, int], tuple[int, int] | None]] = {}

    def run(self, blocks: list[Block], deletions: list[Deletions]) -> Draft:
        """Place every struct, then the deletions, then look at the whole.

        Raises:
            MissingPredecessor: Without a state vector; the gate fills it in.
            GateError: The other kinds.
        """
        self.deletions = deletions
        clients = self.index.clients
        drafts = self.runs
        pending: dict[int, Iterator[Struct]] = {}
        for client, first, end, structs in blocks:
            runs = clients.get(client)
            known = 0 if runs is None else runs.end
            if first > known:
                raise MissingPredecessor("earlier structs of this client are missing")
            if end <= known:
                continue
            drafts[client] = fresh = Runs(client, known)
            if len(blocks) > 1:
                pending[client] = iter(structs)
                continue
            # By far the most common, and there is no order to find.
            for struct in structs:
                if struct[0] + struct[1] > fresh.end:
                    needed = self._place(client, fresh, struct)
                    if needed >= 0:
                        self._refuse_unknown(needed, client, {client: end})
        if pending:
            self._place_all(pending, {client: end for client, _, end, _ in blocks})
        touched = self._delete() if deletions else set()
        judge(self, touched, trusted=self._trusted)
        return self

    # Structs

    def _place_all(self, pending: dict[int, Iterator[Struct]], ends: dict[int, int]) -> None:
        """Place the structs of several clients, each after what it refers to: with a stack, as Yjs does."""
        drafts = self.runs
        waiting: dict[int, Struct] = {}
        for first in pending:
            # Whose turn it is, and the clock that the one below waits for.
            stack = [(first, _FOREVER)]
            while stack:
                client, wanted = stack[-1]
                fresh = drafts[client]
                structs = pending[client]
                struct = waiting.pop(client, None) or next(structs, None)
                needed = -1
                while struct is not None:
                    if struct[0] + struct[1] > fresh.end:
                        needed = self._place(client, fresh, struct)
                        if needed >= 0 or fresh.end > wanted:
                            break
                    struct = next(structs, None)
                if struct is None or needed < 0:
                    stack.pop()
                    continue
                if (
                    needed not in pending
                    or drafts[needed].end >= ends[needed]
                    or any(needed == other for other, _ in stack)
                ):
                    self._refuse_unknown(needed, client, ends)
                waiting[client] = struct
                stack.append((needed, self._needed))

    def _refuse_unknown(self, needed: int, client: int, ends: dict[int, int]) -> NoReturn:
        """Tell a circle, which nobody writes, from a gap, which happens."""
        fresh = self.runs.get(needed)
        if fresh is not None and (needed == client or fresh.end < ends[needed]):
            raise MalformedUpdate("structs that wait for each other")
        raise MissingPredecessor("the update refers to something missing")

    def _place(self, client: int, fresh: Runs, struct: Struct) -> int:
        """Check one struct and append what is new of it to its fresh.

        Returns:
            -1 when done, or the client whose structs must come first, up to the clock in `_needed`.
        """
        if self._trusted and self._place_own(fresh, struct):
            return -1
        clock, length, ref, origin_client, origin_clock, right_client, right_clock, parent, key, content = struct
        known = fresh.end
        skipped = known - clock
        if ref == GC:
            fresh.delete(known, clock + length)
            fresh.add(length - skipped, DEAD)
            return -1
        if origin_client >= 0:
            place = self.place_of(origin_client, origin_clock)
            if place < 0:
                self._needed = origin_clock
                return origin_client
            if place & 15 == CONTENT and self.splits_pair(origin_client, origin_clock + 1):
                raise MalformedUpdate("a surrogate pair is split")
        elif right_client >= 0:
            place = self.place_of(right_client, right_clock)
            if place < 0:
                self._needed = right_clock
                return right_client
        elif type(parent) is tuple:
            place = self.place_of(*parent)
            if place < 0:
                self._needed = parent[1]
                return parent[0]
            place = self._entry_of_item(parent[0], parent[1], place, key)
        else:
            place = self._entry_of_root(parent, key)
        if right_client >= 0:
            right = self.place_of(right_client, right_clock)
            if right < 0:
                self._needed = right_clock
                return right_client
            if right & 15 == CONTENT and self.splits_pair(right_client, right_clock):
                raise MalformedUpdate("a surrogate pair is split")
            if right >> 4 == _NOWHERE or place >> 4 == _NOWHERE:
                # An honest author's neighbours are gone together. Engines differ about one that lives beside one that
                # was collected: Yjs drops what stands between them, Yrs puts it where the living one is.
                other = place if right >> 4 == _NOWHERE else right
                if other >> 4 != _NOWHERE and (other & 15 != CONTENT or self.node(other >> 4).is_alive()):
                    raise MalformedUpdate("a neighbour that is gone beside one that is not")
                place = DEAD
            elif place != DEAD and (place != right or place & 15 != CONTENT):
                raise MalformedUpdate("neighbours in different places")

        name = key
        lost = DEAD
        holder: Node | None = None
        node = _NOBODY
        if place < -1:
            holder = self.node(-place - 2)
        elif place >> 4 == _NOWHERE:
            place = DEAD
        elif place >= 0:
            node = self.node(place >> 4)
            if place & 15 == ENTRY:
                # An entry made again: the name is the one it follows.
                name, holder, place = node.name, node.parent, -1
            elif node.dead or (node.parent is not None and not node.parent.is_alive()):
                if place & 15 == CONTENT and ref in (STRING, DELETED):
                    lost = place
                place = DEAD
        if skipped:
            self._check_beginning(client, known, place, name)
            if self.splits_pair(client, known) or (type(content) is str and skipped in utf16_pairs(content)):
                raise MalformedUpdate("a surrogate pair is split")
        if place < 0:
            place = self._make_entry(client, fresh, struct, name, holder)
        elif place == DEAD:
            self.is_settled = False
            if ref == STRING and lost != DEAD:
                self._lose_text(client, known, clock + length, node)
            # Where it would be, so that what is typed after it is known for lost as well.
            place = lost
        elif place & 15 != CONTENT:
            self._write_key(client, clock, struct, place, node)
        elif ref == STRING:
            self._find_room(client, struct, place, node)
            self._write_text(fresh, place >> 4, str(content), skipped)
        elif ref == DELETED:
            self._find_room(client, struct, place, node)
        else:
            raise SchemaBreach("a text holds something other than text")
        if ref == DELETED:
            fresh.delete(known, clock + length)
        elif place == DEAD:
            self.is_settled = False
            if ref == TYPE:
                fresh.nodes[clock] = _NOWHERE
            else:
                place = SCRAP
        fresh.add(clock + length - known, place)
        return -1

    def _place_own(self, fresh: Runs, struct: Struct) -> bool:
        """Place what most of a board is, in less time: the first value of a key of an element that came before it.

        Returns:
            Whether it was that.
        """
        clock, length, ref, _, _, _, _, parent, key, content = struct
        if type(parent) is not tuple or key is None or clock != fresh.end or (ref != ANY and ref != DELETED):
            return False
        if parent == self._parent:
            number = self._number
        else:
            runs = self.runs.get(parent[0])
            number = -1 if runs is None else runs.nodes.get(parent[1], -1)
            self._parent, self._number = parent, number
        at = _NUMBERS.get(key)
        if at is None or number < self.known_nodes:
            return False
        node = self.nodes[number - self.known_nodes]
        if node.kind != ELEMENT or node.dead or node.written >> at & 1:
            return False
        node.written |= 1 << at
        if ref == DELETED:
            fresh.delete(clock, clock + length)
        elif at == _T and content:
            node.type = str(content[-1])  # type: ignore[index]
        fresh.add(length, number << 4 | at)
        return True

    def _check_beginning(self, client: int, known: int, place: int, name: str | None) -> None:
        """Refuse a struct whose known beginning is elsewhere than the struct says: engines would tie two lists."""
        before = self.place_of(client, known - 1)
        there = self.node(before >> 4)
        if before >> 4 != _NOWHERE and before & 15 == ENTRY:
            good = place < 0 and name == there.name
        elif there.is_alive():
            good = place == before
        else:
            good = place == DEAD
        if not good:
            raise MalformedUpdate("an item that continues in another place")

    # Where

    def _entry_of_root(self, root: object, key: str | None) -> int:
        """The place of an entry of a root map; -1 for one of `els`, whose node is yet to be made."""
        if key is None:
            raise SchemaBreach("a root is not a map here")
        if root == "els":
            return -1
        if root != "meta":
            raise SchemaBreach("unknown root")
        number = _META_NUMBERS.get(key)
        if number is None:
            raise SchemaBreach("unknown key of meta")
        return META << 4 | number

    def _entry_of_item(self, client: int, clock: int, place: int, key: str | None) -> int:
        """The place of an entry of the map or text that item made; -2 - number for a text field yet to be made."""
        runs = self.index.clients.get(client)
        if runs is None or clock >= runs.end:
            runs = self.runs[client]
        number = runs.nodes.get(clock)
        if number is None:
            if place != DEAD and (place & 15 != ENTRY or self.node(place >> 4).is_alive()):
                raise MalformedUpdate("the parent is neither a map nor a text")
            return DEAD
        if number == _NOWHERE:
            return DEAD
        node = self.node(number)
        if node.kind == TEXT:
            if key is not None:
                raise SchemaBreach("a text has no keys")
            return number << 4 | CONTENT
        if key is None:
            raise SchemaBreach("an entry of a map without key")
        if node.kind == ELEMENT:
            entry = _NUMBERS.get(key)
            if entry is None:
                raise SchemaBreach("unknown key of an element")
            return number << 4 | entry
        if key == "ht":
            return number << 4 | HT
        if not is_field_name(key):
            raise SchemaBreach("not a name of a field")
        return -2 - number if node.is_alive() else DEAD

    # What

    def _make_entry(self, client: int, fresh: Runs, struct: Struct, name: str | None, holder: Node | None) -> int:
        """Place an element in `els`, or a text field in a card."""
        ref = struct[2]
        item = (client, struct[0])
        number = self.known_nodes + len(self.nodes)
        if name is None:
            raise SchemaBreach("an entry of a map without key")
        if holder is None:
            if not is_element_id(name):
                raise SchemaBreach("not an element id")
            node = Node(ELEMENT, name, None, item)
            there = self.created.get(name, self.index.living.get(name))
            node.again = struct[3] >= 0
            if (
                there is not None
                and not self._trusted
                and not self.deletes(*self.node(there).item)
                # Something that was removed may be brought back by several who know nothing of each other, the server
                # among them; the engine keeps one.
                and not (node.again and self.node(there).again)
            ):
                raise SchemaBreach("an element that lives is overwritten")
            if (
                name in self.created
                and not self._trusted
                and (struct[3], struct[4]) != self.node(self.created[name]).item
            ):
                # Redo follows what it brings back; of two that do not follow each other only the engine knows the last.
                raise SchemaBreach("an element made twice")
            before = self.index.buried.get(name, 0) + self.buried.get(name, 0)
            if there is not None or before:
                self.is_settled = False  # it is not alone under its name, and may lose
                self._look(before)
                if struct[3] < 0:
                    self._check_rivals(before)
            made = ref == TYPE and struct[9] == MAP_TYPE
            if made:
                self.created[name] = number
        else:
            if not holder.is_alive():
                return DEAD
            node = Node(TEXT, name, holder, item)
            made = ref == TYPE and struct[9] == TEXT_TYPE
            if made:
                names = [taken for card, taken in self.fields if card is holder]
                names.extend(holder.fields or ())
                if not self._trusted and (name in names or len(names) >= LIMITS["card_fields"]):
                    raise SchemaBreach("a field of a card is overwritten, or one too many")
                if not self.is_new(holder.item):
                    self.is_settled = False  # the name may have been used before
                self.fields.append((holder, name))
                self.inserted[number] = 0
            elif not self._trusted and holder.fields is not None and name in holder.fields:
                raise SchemaBreach("a field of a card is unset")
        if made:
            fresh.nodes[struct[0]] = number
        elif ref == DELETED:
            node.dead = True
            self.is_settled = False
            if holder is None:
                self.buried[name] = self.buried.get(name, 0) + 1
            elif not self._trusted:
                raise SchemaBreach("a field of a card that is gone before it came")
        else:
            raise SchemaBreach("an entry of the wrong type")
        self.nodes.append(node)
        return number << 4 | ENTRY

    def _find_room(self, client: int, struct: Struct, place: int, node: Node) -> None:
        """Count what the engine will have to look at to find a struct's place among its neighbours.

        To it the value of a key is the last of all that were ever written there, as a text is of its letters. One that
        follows the last is placed at once; any other is compared with all that stands after what it follows, which is
        bounded here by all there is.
        """
        clock, origin_client, origin_clock = struct[0], struct[3], struct[4]
        if not node.written >> (place & 15) & 1 and place not in self.firsts:
            if place >> 4 < self.known_nodes:
                self.firsts[place] = node
            else:
                node.written |= 1 << (place & 15)
            return
        if origin_client != client or origin_clock != clock - 1:
            self.pieces[place] = self.pieces.get(place, 0) + 1
        if place & 15 != CONTENT:
            if origin_client < 0:
                self.rivals[place] = self.rivals.get(place, 0) + 1
                self._check_rivals(self.index.rivals.get(place, 0) + self.rivals[place])
            if not self._trusted and not self._is_latest(place, origin_client, origin_clock):
                self._look(self.index.pieces.get(place, 0) + self.pieces.get(place, 0))
        elif not self._trusted:
            self._text_looks += self.index.pieces.get(place, 0) + self.pieces.get(place, 0)
            if self._text_looks > LIMITS["text_looks"]:
                raise SchemaBreach("an update that is too laborious to merge")

    def _is_latest(self, place: int, client: int, clock: int) -> bool:
        latest = self._latest.get(place)
        if latest is not None:
            return latest[0] == (client, clock)
        runs = self.index.clients.get(client)
        return runs is not None and clock < runs.end and bool(runs.still_there(clock, clock + 1))

    def _check_rivals(self, rivals: int) -> None:
        if rivals > LIMITS["rivals"] and not self._trusted:
            raise SchemaBreach("too many writes that know of none before them")

    def _look(self, pieces: int) -> None:
        self._looks += pieces
        if self._looks > LIMITS["looks"] and not self._trusted:
            raise SchemaBreach("an update that is too laborious to merge")

    def _write_text(self, fresh: Runs, number: int, text: str, skipped: int) -> None:
        if text.isascii():
            length = len(text)
        else:
            pairs = utf16_pairs(text)
            length = len(text) + len(pairs)
            first = fresh.end - skipped
            fresh.pairs.update([first + pair for pair in pairs if pair > skipped])
        self.inserted[number] = self.inserted.get(number, 0) + length - skipped

    def _lose_text(self, client: int, first: int, end: int, node: Node) -> None:
        """Note words for a text that has been removed, unless their author thought better of them."""
        if self._trusted or node.kind != TEXT or (self.deletes(client, first) and self.deletes(client, end - 1)):
            return
        key = f"d.{node.name}" if node.name else "txt"
        self.operations.append(Operation(node.element.name, key, "lost", (end - first, 0)))

    def _write_key(self, client: int, clock: int, struct: Struct, place: int, node: Node) -> None:
        """Check what is written under a fixed key, and note it."""
        ref, content = struct[2], struct[9]
        at = place & 15
        self._find_room(client, struct, place, node)
        value: object = None
        if self._trusted and ref != TYPE:
            if at == _T and node.kind == ELEMENT and ref == ANY and type(content) is tuple:
                node.type = str(content[-1])
            return
        if ref == DELETED:
            value = NOTHING_LEFT
        elif ref == ANY and type(content) is tuple:
            self._check_values(content, at, place, node)
            value = content[-1]
        elif node.kind != ELEMENT:
            raise SchemaBreach("a plain key holds a type")
        elif ref == BINARY and at == _D:
            value = content
        elif ref == TYPE and ((at == _TXT and content == TEXT_TYPE) or (at == _D and content == MAP_TYPE)):
            if not self._trusted and (place >> 4 < self.known_nodes or node.made >> at & 1):
                raise SchemaBreach("a text or map that is made with the element, and once")
            node.made |= 1 << at
            number = self.known_nodes + len(self.nodes)
            self.nodes.append(Node(TEXT if at == _TXT else FIELDS, "", node, (client, clock)))
            self.runs[client].nodes[clock] = number
            if self._trusted:
                return
            value = SHARED
        else:
            raise SchemaBreach("a key holds the wrong type")
        last = clock + struct[1] - 1
        if last > clock and not self._trusted and not self._is_deleted_whole(client, clock, last):
            # Engines merge values under a key only once all of them are gone.
            raise MalformedUpdate("several values under one key")
        origin = (struct[3], struct[4])
        follows = self._latest.get(place)
        base: tuple[int, int] | None = origin
        if follows is not None:
            base = follows[1] if follows[0] == origin else None
            self.is_settled = False  # merging deletes what was followed, whether the update says so or not
        self._latest[place] = ((client, last), base)
        self.writes.append((place, value, client, last, base))

    def _check_values(self, values: tuple[object, ...], at: int, place: int, node: Node) -> None:
        if node.kind == ELEMENT:
            if at == _D:
                return  # depends on the kind, which may come later in the update
            if at == _T:
                if place >> 4 < self.known_nodes or node.type:
                    raise SchemaBreach("the kind of an element is set again")
                node.type = str(values[-1])
            check = _CHECKS[at]
        elif node.kind == META:
            check = _META_CHECKS[at]
        else:
            check = is_short_name
        if check is None:
            raise SchemaBreach("a plain value where a text belongs")
        for value in values:
            if not check(value):
                raise SchemaBreach(f"a value that key {key_of(node, at).name} may not hold")

    def _is_deleted_whole(self, client: int, first: int, last: int) -> bool:
        ranges = next((ranges for other, ranges in self.deletions if other == client), [])
        for start, end in ranges[max(0, bisect_right(ranges, (first, _FOREVER)) - 1) :]:
            if not start <= first < end:
                return False
            if last < end:
                return True
            first = end
        return False

    # Deletions

    def _delete(self) -> set[int]:
        """Find what the update deletes that was not deleted.

        Returns:
            The places of fixed keys that lose what the board holds there.
        """
        touched: set[int] = set()
        cut = self.cut
        for client, ranges in self.deletions:
            runs = self.index.clients.get(client)
            fresh = self.runs.get(client)
            parts = [part for part in (runs, fresh) if part is not None]
            known = parts[-1].end if parts else 0
            for first, end in ranges:
                if end > known:
                    raise MissingPredecessor("a deletion of something missing")
                for part in parts:
                    if part.pairs and (first in part.pairs or end in part.pairs):
                        raise MalformedUpdate("a surrogate pair is split")
                    low = max(part.base, first)
                    high = min(part.end, end)
                    if low >= high:
                        continue
                    for start, stop in part.still_there(low, high):
                        self.deleted.append((client, start, stop))
                        for left, right, place in part.walk(start, stop):
                            at = place & 15
                            if place >> 4 == _NOWHERE:
                                continue
                            if at == CONTENT:
                                cut[place >> 4] = cut.get(place >> 4, 0) + right - left
                            elif at == ENTRY:
                                self.removed.append(self.node(place >> 4))
                            elif part is runs:
                                touched.add(place)
        return touched
