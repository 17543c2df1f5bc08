"""The demo's template: it reads, its notes stand where people would put them, and its words are words."""

import json
from collections import Counter
from importlib.resources import files

import pytest
from pydantic import ValidationError

from harvestry.core.template import Planned, Template
from harvestry.demo import load_template
from harvestry_crdt import KINDS, Element

Box = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


def everything(template: Template) -> list[Planned]:
    return [*template.frames(), *template.notes(), *template.connectors()]


def test_it_is_two_dozen_people_six_regions_and_about_a_hundred_and_twenty_notes(template: Template) -> None:
    """[RUN-2]"""
    assert len(set(template.names)) == 24
    assert [region.no for region in template.regions] == [1, 2, 3, 4, 5, 6]
    assert len(template.notes()) == 120


def test_everybody_writes(template: Template) -> None:
    """[RUN-2]"""
    written = Counter(planned.writer for planned in template.notes())
    assert set(written) == set(range(24))
    assert all(planned.sorter is None or planned.sorter != planned.writer for planned in template.notes())
    assert {planned.sorter is None for planned in template.notes() if planned.element.colour == "oat"} == {True}


def test_ids_are_those_of_elements_and_differ(template: Template) -> None:
    ids = [planned.element.id for planned in everything(template)]
    assert len(set(ids)) == len(ids)
    assert all(len(own_id) == 12 for own_id in ids)
    assert all(planned.element.kind in KINDS for planned in everything(template))


def test_everything_stands_inside_what_holds_it_and_nothing_overlaps(template: Template) -> None:
    elements = {planned.element.id: planned.element for planned in (*template.frames(), *template.notes())}
    for element in elements.values():
        if element.parent is not None:
            _, _, width, height = elements[element.parent].geometry
            x, y, w, h = element.geometry
            assert (x >= 0 and y >= 72) or elements[element.parent].parent is not None, element.text
            assert (x + w <= width, y + h <= height) == (True, True), element.text
    for parent in {None, *elements}:
        siblings = [element for element in elements.values() if element.parent == parent]
        for position, one in enumerate(siblings):
            for other in siblings[position + 1 :]:
                assert not overlap(one, other), (one.text, other.text)


def overlap(one: Element, other: Element) -> bool:
    ax, ay, aw, ah = one.geometry
    bx, by, bw, bh = other.geometry
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


def test_new_notes_are_plain_and_connectors_wait_for_their_ends(template: Template) -> None:
    notes = {planned.element.id for planned in template.notes()}
    assert all(set(planned.ends) <= notes and len(planned.ends) == 2 for planned in template.connectors())


def test_nothing_in_it_is_a_placeholder(template: Template) -> None:
    for planned in everything(template):
        words = planned.element.text or ""
        assert "lorem" not in words.lower()
        assert words == words.strip()
        assert '"' not in words, "typographic quotation marks on a board"
        assert "'" not in words, words


def changed(**parts: object) -> str:
    raw = json.loads((files("harvestry") / "templates" / "alder_vale.json").read_text(encoding="utf-8"))
    return json.dumps(raw | parts)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"format": 2}, "format"),
        ({"surprise": 1}, "surprise"),
        ({"hosts": []}, "hosts"),
        ({"links": [{"from": "nobody", "to": "line"}]}, "nobody"),
        ({"links": [{"from": "line", "to": "line", "route": "spiral"}]}, "route"),
        ({"regions": [{"no": 0, "title": "t", "prompt": "", "frame": [0, 0, 1, 1], "groups": []}]}, "no"),
    ],
)
def test_a_template_with_a_slip_in_it_is_refused(parts: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Template.model_validate_json(changed(**parts))
