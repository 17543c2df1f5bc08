"""The board: one replicated document, with the gate in front of the engine and the schema around it.

Foreign bytes reach the engine only from `commit`, and only after `inspect` passed them. What leaves a board is always
the engine's own diff of one transaction, never bytes that came in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pycrdt import Doc, Map, TransactionEvent, get_state, merge_updates

from harvestry_crdt.element import Change, Element, Operation
from harvestry_crdt.errors import DamagedBoard, EngineFault
from harvestry_crdt.gate import AnyDraft, Gate
from harvestry_crdt.reading import read_element, read_placing
from harvestry_crdt.rebuild import rebuild
from harvestry_crdt.schema import DEFAULT_GEOMETRY, SCHEMA_VERSION
from harvestry_crdt.undoing import MISSING, Target, Unborn, Undoing, is_same, put, value_at
from harvestry_crdt.wire import decode_state_vector, decode_update, encode_state_vector
from harvestry_crdt.writing import write_change

_EMPTY = b"\x00\x00"


@dataclass(slots=True)
class _Stored:
    """A board as bytes: a state, what was committed after it, and, once somebody asked, the two as one update."""

    state: bytes | None
    updates: Sequence[bytes]
    whole: bytes | None = None
    state_vector: bytes | None = None


@dataclass(slots=True)
class Edit:
    """An inspected update, fit to be admitted to the board that inspected it. Nobody changes it.

    Not frozen, since one is made for every update, and that would take it four times as long.

    Attributes:
        client_ids: Clients with structs in it that the board lacks; the caller knows whose they are.
        operations: What it does, for policy.
        is_empty: The board has all of it already: a repeat, to be acknowledged and forgotten.
        draft: The board's own note of it.
    """

    update: bytes
    client_ids: tuple[int, ...]
    operations: tuple[Operation, ...]
    is_empty: bool
    draft: AnyDraft = field(repr=False, compare=False)

    @property
    def is_settled(self) -> bool:
        """Whether what it says is what the board says next, whatever others wrote meanwhile; if in doubt it is not."""
        return self.draft.is_settled and not self.draft.doubtful

    def spans(self) -> list[tuple[int, int, int]]:
        """The clocks of its structs as (client, first, end), known ones included."""
        return [(client, first, end) for client, first, end, _ in decode_update(self.update)[0]]


class Board:
    """One board in memory. A new one queues its schema version, so its first commit is never empty.

    A loaded board may **rest**: it is then held as the bytes it is stored in, a twentieth of what the engine needs for
    it, and can still be joined. Whatever needs the document wakes it.

    Args:
        client_id: The server's own author id for this process.
        stored: What `load` has; without it the board is new.
    """

    __slots__ = (
        "_changes",
        "_client_id",
        "_closed",
        "_deleted",
        "_diff",
        "_doc",
        "_els",
        "_gate",
        "_meta",
        "_queue",
        "_restored",
        "_stored",
        "_subscription",
        "_unsettled",
    )

    def __init__(self, *, client_id: int, stored: _Stored | None = None) -> None:
        self._client_id = client_id
        self._closed = False
        self._stored = stored
        if stored is None:
            self._open()
            self._changes.append(None)

    def _open(self) -> None:
        self._gate = Gate(self._client_id)
        self._doc: Doc[Map[object]] = Doc(client_id=self._client_id)
        self._els: Map[object] = self._doc.get("els", type=Map)
        self._meta: Map[object] = self._doc.get("meta", type=Map)
        self._queue: list[tuple[bytes, AnyDraft, Undoing | None]] = []
        # Keys that the server put back, and to what.
        self._restored: dict[Target, object] = {}
        # None stands for the version that a new board is born with.
        self._changes: list[Change | None] = []
        # Whether merging what is queued may delete more than it says.
        self._unsettled = False
        self._diff = self._deleted = b""
        self._subscription = self._doc.observe(self._observe)

    def _observe(self, event: TransactionEvent) -> None:
        self._diff = event.update
        if self._unsettled:
            self._deleted = event.delete_set  # type: ignore[attr-defined]  # its stub forgets it

    @classmethod
    def load(cls, state: bytes | None, updates: Iterable[bytes], *, client_id: int, resting: bool = False) -> "Board":
        """The board that our own log holds: a state, if there is one, and what was committed after it.

        Args:
            state: The board as one update.
            updates: What was committed after it, in order.
            client_id: The server's own author id for this process.
            resting: Leave the bytes as they are until somebody needs the document.

        Raises:
            DamagedBoard: If the bytes do not make a board; of a resting one that shows when it wakes.
        """
        board = cls(client_id=client_id, stored=_Stored(state, tuple(updates)))
        if not resting:
            board.wake()
        return board

    @property
    def is_awake(self) -> bool:
        """Whether the document is decoded."""
        return self._stored is None

    def wake(self) -> None:
        """Decode the document; costs 60 µs an element, and may be done in another thread while the bytes are read.

        Raises:
            DamagedBoard: If the bytes do not make a board.
        """
        stored = self._stored
        if stored is None:
            return
        self._open()
        doc, gate = self._doc, self._gate
        if stored.state is None and not stored.updates:
            self._changes.append(None)
        reached: dict[int, int] = {}
        try:
            with doc.transaction():
                if stored.state is not None:
                    doc.apply_update(stored.state)
                for update in stored.updates:
                    doc.apply_update(update)
                    # The engine keeps what follows a gap to itself, and says nothing.
                    for client, _, end, _ in decode_update(update, trusted=True)[0]:
                        reached[client] = max(end, reached.get(client, 0))
            gate.absorb(doc.get_update())
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as fault:  # a Rust panic is no Exception
            doc.unobserve(self._subscription)
            raise DamagedBoard(f"the stored bytes do not make a board: {type(fault).__name__}") from fault
        clients = gate.index.clients
        if any(client not in clients or clients[client].end < end for client, end in reached.items()):
            doc.unobserve(self._subscription)
            raise DamagedBoard("an update is missing from the log")
        self._diff = b""
        # Last, because others may be reading the bytes meanwhile.
        self._stored = None

    def rest(self) -> None:
        """Let the document go and keep its bytes; a board with anything queued stays awake."""
        if self._stored is None and not (self._queue or self._changes):
            state = self._doc.get_update()
            self._doc.unobserve(self._subscription)
            self._stored = _Stored(state, ())
            del self._doc, self._els, self._meta, self._gate

    def close(self) -> None:
        """Let go of the engine's memory. The board is of no use afterwards; closing twice is harmless."""
        if self._stored is None and not self._closed:
            self._closed = True
            self._doc.unobserve(self._subscription)

    # The way in

    def inspect(self, update: bytes) -> Edit:
        """Judge a foreign update against everything known or admitted. Changes nothing.

        Raises:
            MissingPredecessor: Something before it is missing here; carries what is known.
            GateError: The other kinds: malformed, forged, or against the schema.
        """
        if self._stored is not None:
            self.wake()
        draft = self._gate.inspect(update)
        return Edit(update, draft.client_ids, tuple(draft.operations), draft.is_empty, draft)

    def admit(self, edit: Edit, *, undo: Sequence[Operation] = ()) -> tuple[Unborn, ...]:
        """Count the edit as known and queue it for the next commit.

        Args:
            edit: As it was inspected.
            undo: Operations of it that the commit takes back in the transaction that applies the edit: its author's
                clocks go on, and of what is undone neither the diff nor the engine keeps anything.

        Returns:
            Elements, and fields of cards, that the edit made and that are undone: nothing can be written in them.

        Raises:
            GateError: If what was admitted since the inspection makes it one that is refused.
        """
        draft = edit.draft
        index = self._gate.index
        if draft.revision != index.revision:
            draft = self._gate.inspect(edit.update)
        if draft.is_empty:
            return ()
        undoing = None
        if undo:
            known = {client: index.clients[client].end if client in index.clients else 0 for client in draft.client_ids}
            lived = {operation.element for operation in undo if operation.element in index.living}
            self._gate.admit(draft)
            undoing = Undoing(undo, index, known, lived)
        else:
            self._gate.admit(draft)
        self._queue.append((edit.update, draft, undoing))
        if not draft.is_settled:
            self._unsettled = True
        return () if undoing is None else undoing.unborn

    def write(self, changes: Sequence[Change]) -> None:
        """Queue changes by the server for the next commit; they follow all edits admitted before it."""
        self.wake()
        self._changes.extend(changes)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was admitted or written is committed."""
        return self._stored is not None or not (self._queue or self._changes)

    def commit(self) -> bytes:
        """Apply all that is queued in one transaction.

        Returns:
            The room's own diff of it: to be logged and sent. Empty if nothing changed.

        Raises:
            EngineFault: The board in memory is lost; load it again from the log.
            ValueError: A change of the server's is against the schema, which is a bug; the board is lost as well.
        """
        if self._stored is not None:
            return b""
        queue, changes = self._queue, self._changes
        if not queue and not changes:
            return b""
        self._diff = b""
        doc = self._doc
        is_known = not changes
        try:
            with doc.transaction():
                for update, draft, undoing in queue:
                    if undoing is not None or draft.doubtful or self._restored:
                        is_known = self._apply_with_care(update, draft, undoing) and is_known
                    else:
                        doc.apply_update(update)
                for change in changes:
                    if change is None:
                        self._meta["v"] = SCHEMA_VERSION
                    else:
                        write_change(self._meta, self._els, change)
            diff = self._diff
            if diff == _EMPTY:
                diff = b""
            if diff and not is_known:
                # The server's own structs, too.
                self._gate.absorb(diff)
            elif diff and self._unsettled:
                self._gate.absorb_deletions(self._deleted)
        except (KeyboardInterrupt, SystemExit, MemoryError, ValueError):
            raise
        except BaseException as fault:  # a Rust panic is no Exception
            raise EngineFault(f"the engine failed on a commit: {type(fault).__name__}") from fault
        self._queue = []
        self._changes = []
        self._unsettled = False
        return diff

    def _apply_with_care(self, update: bytes, draft: AnyDraft, undoing: Undoing | None) -> bool:
        """Apply an update of which something is undone, or that may lose something to the engine's order of writes.

        Returns:
            Whether the engine holds exactly what the draft says.
        """
        meta, els = self._meta, self._els
        # What a living thing needs, and merging might take from it; put back under the server's name.
        needed = {target: value_at(meta, els, target) for target in draft.doubtful}
        if undoing is not None:
            undoing.look(meta, els)
        self._doc.apply_update(update)
        is_mended = False
        for target, value in needed.items():
            kept = list(DEFAULT_GEOMETRY) if value is MISSING and target[1] == "g" else value
            if kept is not MISSING and value_at(meta, els, target) is MISSING:
                is_mended |= put(meta, els, target, kept)
        if undoing is None:
            preferred = [self._prefer(operation) for operation in draft.operations] if self._restored else ()
            return not is_mended and not any(preferred)
        restored = undoing.take_back(self._doc, meta, els)
        for operation in draft.operations if self._restored else ():
            if (operation.element, operation.key) not in undoing.keys:
                self._prefer(operation)
        self._restored |= restored
        return False

    def _prefer(self, operation: Operation) -> bool:
        """Let a write of a person's win over what the server put back there before they heard of it.

        To the engine the two are concurrent, and it would choose by clientID.
        """
        if operation.key is None or operation.action not in ("set", "unset", "meta"):
            return False
        target = operation.element, operation.key
        if target not in self._restored:
            return False
        restored = self._restored.pop(target)
        present = value_at(self._meta, self._els, target)
        if present is not restored and not is_same(present, restored):
            return False
        return put(self._meta, self._els, target, MISSING if operation.action == "unset" else operation.value)

    # The way out

    def state_vector(self) -> bytes:
        """What is committed, as a v1 state vector; equal boards give equal bytes, which the engine does not promise."""
        stored = self._stored
        if stored is None:
            return encode_state_vector(decode_state_vector(self._doc.get_state()))
        if stored.state_vector is None:
            stored.state_vector = encode_state_vector(decode_state_vector(get_state(self.encode())))
        return stored.state_vector

    def diff(self, state_vector: bytes) -> bytes:
        """All that is committed and that a peer with this state vector lacks.

        Raises:
            MalformedUpdate: If the peer's state vector is not one.
        """
        theirs = decode_state_vector(state_vector)
        self.wake()
        # The engine sees only clients it knows, at clocks it has.
        ours = decode_state_vector(self._doc.get_state())
        return self._doc.get_update(
            encode_state_vector({client: min(theirs.get(client, 0), clock) for client, clock in ours.items()})
        )

    def encode(self) -> bytes:
        """The whole committed board as one update.

        Raises:
            DamagedBoard: If the board rests and its bytes do not go together.
        """
        stored = self._stored
        if stored is None:
            return self._doc.get_update()
        if stored.whole is None:
            parts = stored.updates if stored.state is None else [stored.state, *stored.updates]
            stored.whole = _condense(parts) if len(parts) > 1 else parts[0] if parts else _EMPTY
        return stored.whole

    def rebuilt(
        self,
        *,
        client_id: int,
        without: Collection[str] = (),
        patches: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    ) -> bytes:
        """The same committed board written down afresh under one client, without a trace of what is gone.

        Equal boards give equal bytes under equal client ids.

        Args:
            client_id: Under which everything is written; nobody may ever have written under it.
            without: Elements to leave out, with all that is in them.
            patches: Element → keys that get another plain value; None leaves the key out.
        """
        with self._doc.transaction():
            return rebuild(self._meta, self._els, client_id=client_id, without=without, patches=patches)

    def elements(self) -> dict[str, Element]:
        """Every element by id, deleted ones too."""
        self.wake()
        found: dict[str, Element] = {}
        with self._doc.transaction():
            for id, entry in self._els.items():
                if isinstance(entry, Map):
                    found[id] = read_element(id, entry)
        return found

    def element(self, id: str) -> Element | None:
        """One element as it is committed, a deleted one too; None if there is none."""
        self.wake()
        with self._doc.transaction():
            entry = self._els.get(id)
            return read_element(id, entry) if isinstance(entry, Map) else None

    def count(self) -> int:
        """How many elements there are, admitted ones and deleted ones included."""
        return len(self._gate.index.living)

    def living(self, kind: str | None = None) -> list[str]:
        """The same by their ids, of one kind or of all."""
        index = self._gate.index
        return [id for id, number in index.living.items() if kind is None or index.nodes[number].type == kind]

    def weight(self, clients: Iterable[int], strokes: Iterable[str]) -> int:
        """What is there of somebody's: the words of these clients, in UTF-16 units, and these strokes, in bytes."""
        runs = self._gate.index.clients
        words = sum(runs[client].letters() for client in clients if client in runs)
        entries = (self._els.get(id) for id in strokes)
        payloads = (entry.get("d") for entry in entries if isinstance(entry, Map))
        return words + sum(len(payload) for payload in payloads if isinstance(payload, bytes | bytearray))

    def placing(self, id: str) -> tuple[str, str | None, tuple[int, int, int, int], bool, str | None] | None:
        """How a committed element lies, without its words; None if there is none.

        Returns:
            Kind, parent, geometry relative to it, whether it is deleted, and of a connector the element it begins at.
        """
        with self._doc.transaction():  # One in place of one for each key: this is asked for most drags of a gathering.
            entry = self._els.get(id)
            return read_placing(entry) if isinstance(entry, Map) else None

    def is_locked(self, id: str) -> bool:
        """Whether a committed element has a lock."""
        with self._doc.transaction():
            entry = self._els.get(id)
            return isinstance(entry, Map) and bool(entry.get("lk"))

    @property
    def title(self) -> str:
        """The board's title; empty until somebody gives one."""
        self.wake()
        value = self._meta.get("title")
        return value if isinstance(value, str) else ""

    def known_client_ids(self) -> frozenset[int]:
        """Every client that ever wrote here, admitted edits included."""
        self.wake()
        return frozenset(self._gate.index.clients)


def _condense(updates: Sequence[bytes]) -> bytes:
    """Updates of our own engine as one, without what they deleted; merging alone would keep that."""
    doc: Doc[Map[object]] = Doc()
    try:
        with doc.transaction():
            for update in updates:
                doc.apply_update(update)
        return doc.get_update()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:  # a Rust panic is no Exception
        raise DamagedBoard(f"the stored bytes do not go together: {type(fault).__name__}") from fault


def merge(updates: Sequence[bytes]) -> bytes:
    """Updates of our own engine as one, without decoding them into a document.

    Raises:
        DamagedBoard: If they do not go together.
    """
    if len(updates) == 1:
        return updates[0]
    try:
        return merge_updates(*updates)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:  # a Rust panic is no Exception
        raise DamagedBoard(f"the stored bytes do not go together: {type(fault).__name__}") from fault
