"""The judgement of a draft as a whole: what only shows at the end, and what policy is told.

Everything that could take effect without showing in the operations is refused, or doubted and mended by whoever
applies it.
"""

from typing import Final

from harvestry_crdt.draft import NOTHING_LEFT, SHARED, Draft
from harvestry_crdt.element import Operation
from harvestry_crdt.errors import SchemaBreach
from harvestry_crdt.index import ELEMENT, HT, META, Node
from harvestry_crdt.schema import KEYS, KINDS, LIMITS, META_KEYS, Key, is_short_name

_BY_NUMBER: Final = {key.number: key for key in KEYS.values()}
_META_BY_NUMBER: Final = {key.number: key for key in META_KEYS.values()}
_HT_KEY: Final = Key("d.ht", HT, is_short_name, required=True)
_TXT: Final = KEYS["txt"].number
_D: Final = KEYS["d"].number
# The neighbour of a struct that names none.
_NOTHING_BEFORE: Final = (-1, 0)


def judge(draft: Draft, touched: set[int], *, trusted: bool) -> None:
    """Check what only shows at the end, and say what the update does."""
    removed = set(draft.removed) if draft.removed else set()
    operations = draft.operations
    created: dict[Node, dict[str, object]] = {}
    for name, number in list(draft.created.items()) if draft.created else ():
        node = draft.node(number)
        if node in removed:
            del draft.created[name]
        else:
            initial: dict[str, object] = {}
            created[node] = initial
            operations.append(Operation(name, None, "create", initial))
    if draft.inserted or draft.cut:
        _judge_texts(draft, removed, created, trusted=trusted)
    if trusted:
        return
    if removed:
        draft.is_settled = False
    unset: set[int] = set()
    settled: set[int] = set()
    for place, value, client, clock, base in draft.writes:
        at = place & 15
        node = draft.node(place >> 4)
        if removed and _is_gone(node, removed):
            continue
        if value is NOTHING_LEFT:
            unset.add(place)
            settled.discard(place)
            continue
        if node.kind == ELEMENT:
            if at == _D:
                _check_payload(node, value)
            elif at == _TXT and node.type and not KINDS[node.type].has_text:
                raise SchemaBreach("a text in a kind that has none")
        if draft.deletes(client, clock):
            if value is SHARED:
                raise SchemaBreach("an element is made without what its words stand in")
            unset.add(place)
            settled.discard(place)
            continue
        if base is not None and place in touched and draft.ends(*base):
            settled.add(place)
        elif base == _NOTHING_BEFORE and (place >> 4 >= draft.known_nodes or not node.written >> at & 1):
            settled.add(place)  # it is alone there
        else:
            draft.is_settled = False
            if base is not None and place not in touched:
                settled.add(place)
        name = key_of(node, at).name
        if node.kind == META:
            operations.append(Operation(None, name, "meta", value))
            continue
        element = node.element
        values = created.get(element)
        if values is None:
            operations.append(Operation(element.name, name, "set", value))
        elif value is not SHARED:
            values[name] = value
    if unset:
        draft.is_settled = False
    for node, values in created.items():
        if "t" not in values or ("g" not in values and not node.again):
            raise SchemaBreach("an element without t or g")
        if "g" not in values:
            # Redo in Yjs can bring an element back without a key that somebody else wrote last.
            draft.doubtful.append((node.name, "g"))
    for place in (touched | unset) - settled if touched or unset else ():
        node = draft.node(place >> 4)
        element = node.element
        if element in created or not node.is_alive() or (removed and _is_gone(node, removed)):
            continue
        key = key_of(node, place & 15)
        if not key.required:
            operations.append(Operation(element.name, key.name, "unset", None))
        elif key.made_once or node.made >> (place & 15) & 1:
            raise SchemaBreach("an element or the board loses a key it needs")
        else:
            draft.is_settled = False
            draft.doubtful.append((None if node.kind == META else element.name, key.name))
    for node in draft.removed:
        if node.kind == ELEMENT:
            if node.is_alive() and not draft.is_new(node.item):
                operations.append(Operation(node.name, None, "remove", None))
        elif not _is_gone(node.element, removed):
            raise SchemaBreach("a field of a card is unset")
    if created and len(draft.index.living) + len(created) > LIMITS["elements"]:
        raise SchemaBreach("more elements than a board holds")


def _judge_texts(draft: Draft, removed: set[Node], created: dict[Node, dict[str, object]], *, trusted: bool) -> None:
    inserted, cut = draft.inserted, draft.cut
    for number in inserted | cut if cut else inserted:
        node = draft.node(number)
        come, gone = inserted.get(number, 0), cut.get(number, 0)
        length = node.length + come - gone
        draft.lengths.append((node, length))
        if trusted or not node.is_alive() or (removed and _is_gone(node, removed)):
            continue
        if come and length > LIMITS["text_merged"]:
            raise SchemaBreach("a text longer than a board takes")
        element = node.element
        if element not in created:
            key = f"d.{node.name}" if node.name else "txt"
            draft.operations.append(Operation(element.name, key, "text", (come, gone)))
        elif come:
            words = created[element].get("txt", 0)
            created[element]["txt"] = come + words if isinstance(words, int) else come


def _is_gone(node: Node, removed: set[Node]) -> bool:
    at: Node | None = node
    while at is not None:
        if at.dead or at in removed:
            return True
        at = at.parent
    return False


def key_of(node: Node, at: int) -> Key:
    if node.kind == ELEMENT:
        return _BY_NUMBER[at]
    return _META_BY_NUMBER[at] if node.kind == META else _HT_KEY


def _check_payload(node: Node, value: object) -> None:
    kind = KINDS.get(node.type)
    if kind is None:
        return  # the element lacks its `t`, and is refused for that
    if value is SHARED:
        if not kind.has_fields:
            raise SchemaBreach("fields in a kind that has none")
    elif kind.payload is None or not kind.payload(value):
        raise SchemaBreach("a payload that this kind may not hold")
