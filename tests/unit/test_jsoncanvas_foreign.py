"""JSON Canvas of other programs: what it says is read as far as a board goes, kept beyond that, and written again."""

import json
import string
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core.jsoncanvas import read_canvas, write_canvas
from harvestry.core.jsoncanvas.marks import ID
from harvestry_crdt import Change, Element, Patch, Put
from support.boards import through_a_board

Item: TypeAlias = dict[str, object]
File: TypeAlias = dict[str, list[Item]]

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
    assert edges[0].style == {"from_side": "right", "to_side": "left", "to_end": "none", ID: "1"}
    assert edges[1].colour == "cornflower"
    assert len({element.id for element in elements}) == 8


def test_foreign_ids_are_mapped_to_the_same_ones_each_time() -> None:
    """[CAN-2]"""
    first, second = (read_canvas(json.dumps(FOREIGN).encode()).elements for _ in range(2))
    assert [element.id for element in first] == [element.id for element in second]
    assert all(len(element.id) == 12 for element in first)


NODE = {"id": "n", "type": "text", "x": 0, "y": 0, "width": 1, "height": 1, "text": "t"}

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
paths = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
hexes = st.text("0123456789abcdefABCDEF", min_size=6, max_size=6).map("#{}".format)
colours = hexes | st.sampled_from(["1", "2", "3", "4", "5", "6", "#416CAB", "#416cab", "#fff"])
names = (
    words.filter(bool)
    | st.text("0123456789abcdef", min_size=16, max_size=16)
    | st.text(string.ascii_letters + "-_", min_size=12, max_size=12)
)
BOX = {
    "x": st.integers(-1_000, 1_000),
    "y": st.integers(-1_000, 1_000),
    "width": st.integers(1, 1_500),
    "height": st.integers(1, 1_500),
}
GROUP = {
    "label": words.filter(bool),
    "background": paths,
    "backgroundStyle": st.sampled_from(["cover", "ratio", "repeat"]),
}
SIDE, END = st.sampled_from(["top", "right", "bottom", "left"]), st.sampled_from(["none", "arrow"])
EDGE = {"fromSide": SIDE, "fromEnd": END, "toSide": SIDE, "toEnd": END, "color": colours, "label": words}


def node(kind: str, required: dict[str, st.SearchStrategy[str]], **optional: st.SearchStrategy[str]) -> object:
    fields = {"type": st.just(kind), **BOX, **required}
    return st.fixed_dictionaries(fields, optional={"color": colours, **optional})


contents = (
    node("text", {"text": words})
    | node("file", {"file": paths}, subpath=words.map("#{}".format))
    | node("link", {"url": paths})
    | node("group", {}, **GROUP)
)


@st.composite
def canvases(draw: st.DrawFn) -> File:
    """Every field of JSON Canvas 1.0, in any order, and nothing else."""
    node_ids = draw(st.lists(names, max_size=8, unique=True))
    nodes: list[Item] = [{"id": name, **draw(contents)} for name in node_ids]
    if not nodes:
        return {"nodes": [], "edges": []}
    held = st.sampled_from(node_ids)
    edge = st.fixed_dictionaries({"id": names | held, "fromNode": held, "toNode": held}, optional=EDGE)
    return {"nodes": nodes, "edges": draw(st.lists(edge, max_size=5, unique_by=lambda item: str(item["id"])))}


def spoken(file: str) -> File:
    """What a file says to every program: all but our part of it."""
    loaded = json.loads(file)
    return {
        key: [{field: value for field, value in item.items() if field != "harvestry"} for item in loaded[key]]
        for key in ("nodes", "edges")
    }


@settings(deadline=None)
@given(canvases())
def test_a_file_of_another_program_comes_out_as_it_went_in(file: File) -> None:
    """[CAN-4]"""
    board = through_a_board(read_canvas(json.dumps(file).encode()).elements)
    written = write_canvas(board.values(), title="t")
    assert spoken(written) == file
    again = through_a_board(read_canvas(written.encode()).elements)
    assert again == board
    assert write_canvas(again.values(), title="t") == written


@settings(deadline=None)
@given(canvases(), st.randoms(use_true_random=False))
def test_nodes_that_another_program_added_or_reordered_keep_that_order(file: File, random: Random) -> None:
    """[CAN-4]"""
    nodes, added = file["nodes"][::2], file["nodes"][1::2]
    ours = json.loads(write_canvas(read_canvas(json.dumps({"nodes": nodes}).encode()).elements, title=""))
    mixed = ours["nodes"] + added
    random.shuffle(mixed)
    board = through_a_board(read_canvas(json.dumps({"nodes": mixed}).encode()).elements)
    written = spoken(write_canvas(board.values(), title=""))
    assert [item["id"] for item in written["nodes"]] == [item["id"] for item in mixed]


def after(changes: Sequence[Change], elements: Iterable[Element]) -> dict[str, Item]:
    """The nodes and edges of the file, once this was done on the board."""
    file = spoken(write_canvas(through_a_board(elements, changes).values(), title=""))
    return {f"{key} {item['id']}": item for key, items in file.items() for item in items}


def test_what_was_changed_on_the_board_is_written_as_it_is_now() -> None:
    """[CAN-4]"""
    elements = read_canvas(json.dumps(FOREIGN).encode()).elements
    by_text = {element.text: element for element in elements if element.text}
    file, link, heading = by_text["a/b.md#part"], by_text["https://example.org/"], by_text["# Top"]
    before = after([], elements)
    assert before["nodes 2"]["subpath"] == "#part"
    assert before["nodes 1"]["color"] == "#0f0"
    changes = [
        Patch(file.id, {"txt": "a/b.md"}),
        Patch(link.id, {"del": 1}),
        Patch(heading.id, {"c": "rosehip", "g": [60, 40, 120, 60]}),
    ]
    now = after(changes, elements)
    box = {"x": 0, "y": 0, "width": 10, "height": 10}
    assert now["nodes 2"] == {"id": "2", "type": "text", **box, "text": "a/b.md"}
    assert now["nodes 1"] == before["nodes 1"] | {"x": -40, "color": "1"}
    assert set(before) - set(now) == {"nodes 3", "edges 1"}


def test_a_copy_of_what_came_from_a_file_has_an_id_of_its_own() -> None:
    """[CAN-4]"""
    elements = read_canvas(json.dumps(FOREIGN).encode()).elements
    link = next(element for element in elements if element.text == "https://example.org/")
    now = after([Put(replace(link, id="c" * 12, z="a9"))], elements)
    assert now["nodes " + "c" * 12] == now["nodes 3"] | {"id": "c" * 12}


def test_what_was_put_on_top_is_the_last_node_whatever_the_file_said() -> None:
    """[CAN-4]"""
    group = {"id": "g", "type": "group", "x": 0, "y": 0, "width": 900, "height": 900}
    file = {"nodes": [NODE | {"id": "n"}, group, NODE | {"id": "m"}, NODE | {"id": "o"}]}
    elements = read_canvas(json.dumps(file).encode()).elements
    first = next(element for element in elements if element.style[ID] == "n")
    now = after([Patch(first.id, {"z": "zz"})], elements)
    assert [item["id"] for item in now.values()] == ["g", "m", "o", "n"]


def test_what_no_style_can_hold_is_left_out() -> None:
    """[CAN-4]"""
    long = "x" * 601
    nodes = [NODE | {"id": long}, {"id": "l", "type": "link", "x": 0, "y": 0, "width": 1, "height": 1, "url": long}]
    now = list(after([], read_canvas(json.dumps({"nodes": nodes}).encode()).elements).values())
    assert len(str(now[0]["id"])) == 12
    assert now[1] == NODE | {"id": "l", "text": long}


def test_a_full_style_has_no_room_for_more() -> None:
    """[CAN-4]"""
    full = {f"k{number}": number for number in range(16)}
    item = NODE | {"color": "#010203", "harvestry": {"kind": "note", "style": full}}
    (element,) = read_canvas(json.dumps({"nodes": [item]}).encode()).elements
    assert element.style == full
