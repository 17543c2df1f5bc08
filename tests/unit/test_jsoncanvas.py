"""JSON Canvas: our boards come back equal, other programs' files come in, and bad ones are told why."""

import json
import string
from math import copysign
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core.jsoncanvas import MAX_CANVAS_BYTES, CanvasError, read_canvas, write_canvas
from harvestry.core.jsoncanvas.marks import COLOUR, FILE, GROUP_FIELDS, ID, SUBPATH, URL, Z
from harvestry.core.nesting import without_loops
from harvestry.core.palette import SHADES
from harvestry_crdt import COLOURS, KINDS, Board, Element, Put, SetTitle
from support.boards import through_a_board

ID_CHARACTERS = string.ascii_letters + string.digits + "-_"
ids = st.text(ID_CHARACTERS, min_size=12, max_size=12)
coordinates = st.integers(-1_000_000, 1_000_000)
sizes = st.integers(1, 100_000)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2.0**52), 2.0**52, width=32).filter(
    lambda number: number != 0 or copysign(1, number) > 0
)
# A copy, or what was changed since it came from another program's file, has marks that say nothing of it any more.
MARKS = (ID, FILE, SUBPATH, URL, COLOUR, Z, *(name for _, name, _ in GROUP_FIELDS))
style_names = st.text(string.ascii_lowercase, min_size=1, max_size=8) | st.sampled_from(
    ["from_side", "to_end", "no", *MARKS]
)
styles = st.dictionaries(
    style_names,
    words | st.booleans() | numbers | st.sampled_from(["left", "none", "arrow", "cover", "#0f0", "#FFFFFF", "a0"]),
    max_size=5,
)
keys = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)


def is_ink(value: bytes) -> bool:
    check = KINDS["ink"].payload
    return check is not None and check(value)


def payloads(kind: str, holders: list[str]) -> st.SearchStrategy[object]:
    """Every payload a kind may carry; `holders` are what a connector can end on."""
    match kind:
        case "shape":
            return st.sampled_from(["rect", "ellipse", "diamond"]).map(lambda shape: {"shape": shape})
        case "conn":
            end = st.fixed_dictionaries({"x": coordinates, "y": coordinates}) | ids.map(lambda own_id: {"id": own_id})
            if holders:
                end |= st.sampled_from(holders).map(lambda own_id: {"id": own_id})
            route = st.sampled_from(["straight", "curve", "elbow"])
            return st.fixed_dictionaries({"a": end, "b": end}, optional={"route": route, "label": words})
        case "ink":
            # hypothesis finds the first bytes of pictures, which are no ink, among the constants of the code.
            return st.binary(min_size=1, max_size=200).filter(is_ink)
        case "image":
            digest = st.text("0123456789abcdef", min_size=64, max_size=64)
            return st.fixed_dictionaries({"hash": digest, "w": sizes, "h": sizes}, optional={"alt": words})
        case "stamp":
            return st.sampled_from(["agree", "heart", "question"]).map(lambda stamp: {"stamp": stamp})
        case "card":
            fields = st.dictionaries(st.sampled_from(["will", "shown_by", "account_by"]), words)
            return fields.map(lambda texts: {"ht": "principle", **texts})
        case _:
            return st.none()


@st.composite
def boards(draw: st.DrawFn) -> list[Element]:
    """Every kind, frames in frames, and connectors that end on things, in the open, or on what is gone."""
    drawn = draw(st.lists(st.tuples(ids, st.sampled_from(sorted(KINDS))), max_size=14, unique_by=lambda pair: pair[0]))
    frames: list[str] = []
    elements = []
    for own_id, kind in drawn:
        elements.append(
            Element(
                id=own_id,
                kind=kind,
                geometry=draw(st.tuples(coordinates, coordinates, sizes, sizes)),
                parent=draw(st.none() | st.sampled_from(frames)) if frames else None,
                z=draw(keys),
                colour=draw(st.none() | st.sampled_from(COLOURS)),
                text=draw(words) if KINDS[kind].has_text else None,
                style=draw(styles),
                payload=draw(payloads(kind, [each for each, other in drawn if other != "conn"])),
                locked=draw(st.integers(0, 3)),
                deleted=False,
            )
        )
        if kind == "frame":
            frames.append(own_id)
    return elements


def by_id(elements: object) -> dict[str, Element]:
    assert isinstance(elements, list | tuple)
    return {element.id: element for element in elements}


@settings(deadline=None)
@given(boards(), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_board_reads_back_equal(board: list[Element], title: str) -> None:
    """[CAN-1]"""
    read = read_canvas(write_canvas(board, title=title).encode())
    assert by_id(read.elements) == by_id(board)
    assert read.title == title


@settings(deadline=None)
@given(boards())
def test_a_board_that_was_written_and_read_is_written_as_the_same_bytes(board: list[Element]) -> None:
    """[CAN-1]"""
    written = write_canvas(through_a_board(board).values(), title="t")
    read = through_a_board(read_canvas(written.encode()).elements)
    assert write_canvas(read.values(), title="t") == written


@settings(deadline=None)
@given(boards())
def test_parents_come_before_their_children(board: list[Element]) -> None:
    """[CAN-1]"""
    seen: set[str] = set()
    for element in read_canvas(write_canvas(board, title="").encode()).elements:
        assert element.parent is None or element.parent in seen
        seen.add(element.id)


def note(own_id: str, **changes: object) -> Element:
    values: dict[str, object] = {
        "id": own_id,
        "kind": "note",
        "geometry": (10, 20, 184, 104),
        "parent": None,
        "z": "a0",
        "colour": "oat",
        "text": "words",
        "style": {},
        "payload": None,
        "locked": 0,
        "deleted": False,
    }
    return Element(**(values | changes))  # type: ignore[arg-type]


def test_deleted_elements_stay_behind() -> None:
    board = [note("a" * 12, deleted=True, text="taken back"), note("b" * 12)]
    written = write_canvas(board, title="t")
    assert "taken back" not in written
    assert [element.id for element in read_canvas(written.encode()).elements] == ["b" * 12]


def test_what_another_program_changed_wins_over_our_part_of_the_file() -> None:
    """[CAN-2]"""
    frame = note("f" * 12, kind="frame", geometry=(100, 100, 800, 600), text="Region")
    board = [frame, note("n" * 12, parent="f" * 12, colour="sage")]
    file = json.loads(write_canvas(board, title="t"))
    changed = next(node for node in file["nodes"] if node["id"] == "n" * 12)
    assert (changed["x"], changed["y"]) == (110, 120)
    changed |= {"x": 150, "text": "edited elsewhere", "color": "1"}
    read = by_id(read_canvas(json.dumps(file).encode()).elements)["n" * 12]
    assert (read.geometry, read.text, read.colour) == ((50, 20, 184, 104), "edited elsewhere", "rosehip")
    assert read.parent == "f" * 12


def test_an_empty_canvas_is_an_empty_board() -> None:
    """[CAN-2]"""
    assert read_canvas(b"{}").elements == ()
    assert read_canvas(b"\xef\xbb\xbf" + b'{"nodes": []}').elements == ()


NODE = {"id": "n", "type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "text": "t"}
EDGE = {"id": "e", "fromNode": "n", "toNode": "n"}
# A number that JSON can spell and no computer can hold.
ENDLESS = json.dumps({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": "?"}}}]}).encode()
ENDLESS = ENDLESS.replace(b'"?"', b"1e999")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"\xff", "The file is not UTF-8 text: byte 0."),
        (b'{\n "nodes": oops', "The file is not JSON: line 2, column 11."),
        (b"[" * 200_000, "out of bounds"),
        (b'{"nodes": [NaN]}', "out of bounds"),
        (b"[]", "not a canvas"),
        (b'{"nodes": {}}', "Expected a list under nodes."),
        (b'{"nodes": [1]}', "number 1 of the nodes"),
        (b'{"nodes": [{"id": ""}]}', "number 1 of the nodes"),
        ({"nodes": [NODE, NODE]}, "The id n appears twice among the nodes."),
        ({"nodes": [NODE | {"x": "0"}]}, "Expected a number for x in the node n."),
        ({"nodes": [NODE | {"x": True}]}, "Expected a number for x in the node n."),
        (ENDLESS, "The style of the node n"),
        (b'{"nodes": [{"id":"n","type":"text","x":1e999,"y":0,"width":1,"height":1}]}', "Expected a number for x"),
        ({"nodes": [NODE | {"x": 2_000_000}]}, "The place or size of the node n"),
        ({"nodes": [NODE | {"width": 200_000}]}, "The place or size of the node n"),
        ({"nodes": [NODE | {"type": "video"}]}, "Expected text, file, link or group as the type of the node n."),
        ({"nodes": [NODE | {"text": 5}]}, "Expected words under text in the node n."),
        ({"nodes": [NODE | {"text": "x" * 16_001}]}, "The words of the node n do not fit"),
        ({"nodes": [NODE | {"text": "\ud800"}]}, "The words of the node n do not fit"),
        ({"nodes": [NODE], "edges": [{"id": "e", "fromNode": "n", "toNode": "gone"}]}, "under toNode in the edge e"),
        ({"nodes": [NODE], "edges": [{"id": "e", "fromNode": "n", "toNode": "n", "label": 3}]}, "the edge e carries"),
        ({"nodes": [NODE | {"harvestry": {"kind": "spell"}}]}, "Expected a kind of element"),
        ({"nodes": [NODE | {"harvestry": {"kind": ["note"]}}]}, "Expected a kind of element"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "z": "§"}}]}, "Expected an order key"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "locked": 9}}]}, "Expected 0 to 3"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": []}}]}, "Expected an object under harvestry.style"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": [1]}}}]}, "The style of the node n"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": 2**53}}}]}, "The style of the node n"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": 2**80}}}]}, "The style of the node n"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": -0.0}}}]}, "The style of the node n"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": "\ud800"}}}]}, "The style of the node n"),
        ({"nodes": [NODE], "edges": [EDGE | {"label": "\udc00"}]}, "the edge e carries does not fit its kind"),
        ({"nodes": [NODE | {"harvestry": {"kind": "ink", "ink": "?"}}]}, "Expected base64"),
        ({"nodes": [NODE | {"harvestry": {"kind": "stamp"}}]}, "does not fit its kind, stamp"),
        ({"nodes": [NODE | {"harvestry": {"kind": "card", "payload": {"x": "y"}}}]}, "does not fit its kind, card"),
        ({"nodes": [NODE | {"id": f"n{i}"} for i in range(20_001)]}, "a board holds 20,000"),
        ({"nodes": [NODE | {"id": f"n{i}", "type": "group"} for i in range(1_001)]}, "at most 1,000"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_sentence_that_names_the_place(file: object, sentence: str) -> None:
    """[CAN-3]"""
    data = file if isinstance(file, bytes) else json.dumps(file).encode()
    with pytest.raises(CanvasError) as refused:
        read_canvas(data)
    assert sentence in str(refused.value)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    """[CAN-3]"""
    with pytest.raises(CanvasError, match="larger than 32 MB"):
        read_canvas(b" " * (MAX_CANVAS_BYTES + 1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
node_like = st.dictionaries(
    st.sampled_from(["id", "type", "x", "y", "width", "height", "text", "color", "label", "file", "harvestry"]),
    json_values | st.sampled_from(["text", "group", "file", 5]),
)
extension_like = st.dictionaries(
    st.sampled_from(["kind", "z", "parent", "style", "payload", "ink", "locked", "colour", "geometry", "text"]),
    json_values | st.sampled_from(sorted(KINDS)),
)
near_nodes = st.builds(lambda extension: NODE | {"harvestry": extension}, extension_like)
near_edges = st.builds(
    lambda extension, rest: {"id": "e", "fromNode": "n", "toNode": "n", "harvestry": extension, **rest},
    extension_like,
    st.dictionaries(st.sampled_from(["label", "color", "fromSide", "toEnd"]), json_values),
)
canvases = st.fixed_dictionaries({"nodes": st.lists(near_nodes | node_like, max_size=2)}) | st.fixed_dictionaries(
    {"nodes": st.just([NODE]), "edges": st.lists(near_edges, max_size=1)}
)


@settings(deadline=None)
@given(canvases | json_values)
def test_any_json_is_read_or_refused_and_what_is_read_can_be_written(value: object) -> None:
    """[CAN-3]"""
    try:
        read = read_canvas(json.dumps(value).encode())
    except CanvasError:
        return
    again = read_canvas(write_canvas(read.elements, title="t").encode())
    assert by_id(again.elements) == by_id(read.elements)
    board = Board(client_id=1)
    board.write([SetTitle(read.title or ""), *map(Put, read.elements)])
    board.commit()
    assert {element.id: element.text for element in read.elements} == {
        id: element.text for id, element in board.elements().items()
    }
    board.close()


def test_a_title_that_no_board_can_hold_is_none() -> None:
    assert read_canvas(rb'{"harvestry": {"title": "\ud800"}}').title is None


def test_frames_that_stand_in_each_other_are_taken_apart_at_the_smallest_id() -> None:
    """[CAN-1]"""
    assert without_loops({"a": "b", "b": "c", "c": "b", "d": "a"}) == {"a": "b", "c": "b", "d": "a"}
    loop = [note("a" * 12, kind="frame", parent="b" * 12), note("b" * 12, kind="frame", parent="a" * 12)]
    read = by_id(read_canvas(write_canvas(loop, title="").encode()).elements)
    assert [read[own_id * 12].parent for own_id in "ab"] == [None, "a" * 12]


def test_what_was_in_a_frame_that_was_deleted_stays_where_it_was() -> None:
    """[CAN-1]"""
    board = [
        note("o" * 12, kind="frame", geometry=(100, 100, 900, 900)),
        note("f" * 12, kind="frame", geometry=(50, 60, 400, 300), parent="o" * 12, deleted=True),
        note("n" * 12, parent="f" * 12),
    ]
    (left,) = (node for node in json.loads(write_canvas(board, title=""))["nodes"] if node["type"] == "text")
    assert (left["x"], left["y"]) == (160, 180)
    read = by_id(read_canvas(write_canvas(board, title="").encode()).elements)["n" * 12]
    assert (read.parent, read.geometry) == ("o" * 12, (60, 80, 184, 104))


def connector(own_id: str, a: object, b: object) -> Element:
    return note(own_id, kind="conn", colour=None, text=None, payload={"a": a, "b": b, "label": "so", "route": "curve"})


def test_a_connector_with_an_end_in_the_open_is_a_node_and_reads_back() -> None:
    """[CAN-1]"""
    board = [note("n" * 12), connector("c" * 12, {"id": "n" * 12}, {"x": 5, "y": 6})]
    written = write_canvas(board, title="")
    nodes = {node["id"]: (node["type"], node["text"]) for node in json.loads(written)["nodes"]}
    assert nodes == {"n" * 12: ("text", "words"), "c" * 12: ("text", "so")}
    assert by_id(read_canvas(written.encode()).elements) == by_id(board)


def test_a_connector_on_what_was_deleted_stays_behind_with_it() -> None:
    """[CAN-1]"""
    ends = {"id": "n" * 12}, {"id": "m" * 12}
    board = [note("n" * 12), note("m" * 12, deleted=True), connector("c" * 12, *ends)]
    assert [element.id for element in read_canvas(write_canvas(board, title="").encode()).elements] == ["n" * 12]


def test_nodes_stand_in_painters_order() -> None:
    """[CAN-1]"""
    board = [
        note("a" * 12, z="a0"),
        note("b" * 12, z="a1", parent="f" * 12),
        note("e" * 12, z="a1", kind="frame"),
        note("f" * 12, z="a2", kind="frame"),
        note("g" * 12, z="a0", kind="frame", parent="f" * 12),
    ]
    nodes = json.loads(write_canvas(board, title=""))["nodes"]
    assert "".join(node["id"][0] for node in nodes) == "efgba"


def test_our_colours_are_written_as_presets_and_read_back() -> None:
    """[CAN-1]"""
    board = [note(12 * str(number), colour=colour) for number, colour in enumerate(COLOURS)]
    written = write_canvas(board, title="")
    colours = {node["harvestry"]["colour"]: node.get("color") for node in json.loads(written)["nodes"]}
    assert colours == {
        "rosehip": "1",
        "apricot": "2",
        "barley": "3",
        "sage": "4",
        "mere": "5",
        "damson": "6",
        "cornflower": "#416CAB",
        "oat": None,
    }
    assert by_id(read_canvas(written.encode()).elements) == by_id(board)


def test_the_shades_are_those_of_the_light_theme() -> None:
    """[CAN-2]"""
    tokens = json.loads((Path(__file__).resolve().parents[2] / "web" / "src" / "theme" / "tokens.json").read_text())
    stickies = tokens["themes"]["light"]["sticky"]
    shades = {name: tuple(part["bg" if i == 0 else "border"][1:] for i in range(2)) for name, part in stickies.items()}
    assert shades == SHADES
    assert set(SHADES) == set(COLOURS)
