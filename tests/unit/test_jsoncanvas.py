"""JSON Canvas: our boards come back equal, other programs' files come in, and bad ones are told why."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvestry.core.jsoncanvas import MAX_CANVAS_BYTES, CanvasError, read_canvas, write_canvas
from harvestry.core.nesting import without_loops
from harvestry.core.palette import SHADES
from harvestry_crdt import COLOURS, KINDS, Element

ID_CHARACTERS = string.ascii_letters + string.digits + "-_"
ids = st.text(ID_CHARACTERS, min_size=12, max_size=12)
coordinates = st.integers(-1_000_000, 1_000_000)
sizes = st.integers(1, 100_000)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
numbers = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False, width=32)
style_names = st.text(string.ascii_lowercase, min_size=1, max_size=8) | st.sampled_from(["from_side", "to_end", "no"])
styles = st.dictionaries(
    style_names, words | st.booleans() | numbers | st.sampled_from(["left", "none", "arrow"]), max_size=5
)
keys = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)


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
            return st.binary(min_size=1, max_size=200)
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


@given(boards(), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_board_reads_back_equal(board: list[Element], title: str) -> None:
    """[CAN-1]"""
    read = read_canvas(write_canvas(board, title=title).encode())
    assert by_id(read.elements) == by_id(board)
    assert read.title == title


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


FOREIGN = {
    "nodes": [
        {"id": "big", "type": "group", "x": -500, "y": -500, "width": 1000, "height": 1000, "label": "Outer", "new": 1},
        {"id": "small", "type": "group", "x": -100, "y": -100, "width": 400, "height": 400, "color": "6"},
        {"id": "1", "type": "text", "x": -50, "y": -60, "width": 120, "height": 60, "text": "# Top", "color": "#0f0"},
        {"id": "2", "type": "file", "x": 0, "y": 0, "width": 10, "height": 10, "file": "a/b.md", "subpath": "#part"},
        {"id": "3", "type": "link", "x": 2000, "y": -2000, "width": 300, "height": 200, "url": "https://example.org/"},
        {"id": "4", "type": "text", "x": 1.4, "y": 450.6, "width": 200, "height": 200, "text": "half", "color": "2"},
    ],
    "edges": [
        {"id": "1", "fromNode": "1", "toNode": "3", "fromSide": "right", "toSide": "left", "toEnd": "none",
         "label": "so"},
        {"id": "5", "fromNode": "2", "toNode": "2", "color": "#416cab", "made-up": {"x": 1}},
    ],
    "unknown": [1, 2, 3],
}  # fmt: skip


def test_a_file_of_another_program_is_read_as_far_as_the_format_goes() -> None:
    """[CAN-2]"""
    elements = read_canvas(json.dumps(FOREIGN).encode()).elements
    by_text = {element.text or "": element for element in elements if element.kind != "conn"}
    outer = by_text["Outer"]
    small = next(element for element in elements if element.kind == "frame" and element is not outer)
    assert (outer.kind, outer.parent) == ("frame", None)
    assert (small.parent, small.geometry, small.colour) == (outer.id, (400, 400, 400, 400), "damson")
    heading = by_text["# Top"]
    assert (heading.kind, heading.parent, heading.geometry) == ("note", small.id, (50, 40, 120, 60))
    assert heading.colour == "sage"
    assert by_text["a/b.md#part"].parent == small.id
    assert by_text["https://example.org/"].parent is None
    assert by_text["half"].geometry == (1, 451, 200, 200)
    assert by_text["half"].colour == "apricot"
    edges = [element for element in elements if element.kind == "conn"]
    assert edges[0].payload == {
        "a": {"id": heading.id},
        "b": {"id": by_text["https://example.org/"].id},
        "route": "curve",
        "label": "so",
    }
    assert edges[0].style == {"from_side": "right", "to_side": "left", "to_end": "none"}
    assert edges[1].colour == "cornflower"
    assert len({element.id for element in elements}) == 8


def test_foreign_ids_are_mapped_to_the_same_ones_each_time() -> None:
    """[CAN-2]"""
    first, second = (read_canvas(json.dumps(FOREIGN).encode()).elements for _ in range(2))
    assert [element.id for element in first] == [element.id for element in second]
    assert all(len(element.id) == 12 for element in first)


def test_a_foreign_file_written_by_us_keeps_its_sides_and_labels() -> None:
    """[CAN-2]"""
    again = json.loads(write_canvas(read_canvas(json.dumps(FOREIGN).encode()).elements, title=""))
    edge = next(edge for edge in again["edges"] if edge.get("label") == "so")
    assert (edge["fromSide"], edge["toSide"], edge["toEnd"]) == ("right", "left", "none")
    assert "fromEnd" not in edge


def test_an_empty_canvas_is_an_empty_board() -> None:
    """[CAN-2]"""
    assert read_canvas(b"{}").elements == ()
    assert read_canvas(b"\xef\xbb\xbf" + b'{"nodes": []}').elements == ()


NODE = {"id": "n", "type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "text": "t"}


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
        (b'{"nodes": [{"id":"n","type":"text","x":1e999,"y":0,"width":1,"height":1}]}', "Expected a number for x"),
        ({"nodes": [NODE | {"x": 2_000_000}]}, "The place or size of the node n"),
        ({"nodes": [NODE | {"width": 200_000}]}, "The place or size of the node n"),
        ({"nodes": [NODE | {"type": "video"}]}, "Expected text, file, link or group as the type of the node n."),
        ({"nodes": [NODE | {"text": 5}]}, "Expected words under text in the node n."),
        ({"nodes": [NODE | {"text": "x" * 4_001}]}, "The words of the node n do not fit"),
        ({"nodes": [NODE | {"text": "\ud800"}]}, "The words of the node n do not fit"),
        ({"nodes": [NODE], "edges": [{"id": "e", "fromNode": "n", "toNode": "gone"}]}, "under toNode in the edge e"),
        ({"nodes": [NODE], "edges": [{"id": "e", "fromNode": "n", "toNode": "n", "label": 3}]}, "the edge e carries"),
        ({"nodes": [NODE | {"harvestry": {"kind": "spell"}}]}, "Expected a kind of element"),
        ({"nodes": [NODE | {"harvestry": {"kind": ["note"]}}]}, "Expected a kind of element"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "z": "§"}}]}, "Expected an order key"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "locked": 9}}]}, "Expected 0 to 3"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": []}}]}, "Expected an object under harvestry.style"),
        ({"nodes": [NODE | {"harvestry": {"kind": "note", "style": {"a": [1]}}}]}, "The style of the node n"),
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


@given(canvases | json_values)
def test_any_json_is_read_or_refused_and_what_is_read_can_be_written(value: object) -> None:
    """[CAN-3]"""
    try:
        read = read_canvas(json.dumps(value).encode())
    except CanvasError:
        return
    again = read_canvas(write_canvas(read.elements, title="t").encode())
    assert by_id(again.elements) == by_id(read.elements)


def test_frames_that_stand_in_each_other_stand_free() -> None:
    assert without_loops({"a": "b", "b": "c", "c": "b", "d": "a"}) == {"a": "b", "d": "a"}
    loop = [note("a" * 12, kind="frame", parent="b" * 12), note("b" * 12, kind="frame", parent="a" * 12)]
    read = read_canvas(write_canvas(loop, title="").encode()).elements
    assert [element.parent for element in read] == [None, None]


def test_the_shades_are_those_of_the_light_theme() -> None:
    """[CAN-2]"""
    tokens = json.loads((Path(__file__).resolve().parents[2] / "web" / "src" / "theme" / "tokens.json").read_text())
    stickies = tokens["themes"]["light"]["sticky"]
    shades = {name: tuple(part["bg" if i == 0 else "border"][1:] for i in range(2)) for name, part in stickies.items()}
    assert shades == SHADES
    assert set(SHADES) == set(COLOURS)
