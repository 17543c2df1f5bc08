"""The public surface, and that the package stays pure."""

import ast
from pathlib import Path

import harvestry_crdt
from harvestry_crdt import COLOURS, KEYS, KINDS, LIMITS

_PURE = {
    "__future__", "array", "bisect", "collections", "dataclasses", "hashlib", "json", "math", "re", "struct", "types",
    "typing", "pycrdt", "harvestry_crdt",
}  # fmt: skip


def test_what_is_exported_is_there_and_in_order() -> None:
    assert all(hasattr(harvestry_crdt, name) for name in harvestry_crdt.__all__)
    assert {"Board", "Edit", "Element", "Operation", "GateError", "DamagedBoard"} <= set(harvestry_crdt.__all__)


def test_the_package_imports_nothing_of_the_world() -> None:
    for file in Path(harvestry_crdt.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= _PURE, file.name
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in _PURE, file.name


def test_the_schema_names_each_thing_once() -> None:
    assert list(KINDS) == ["note", "text", "shape", "frame", "conn", "ink", "image", "stamp", "card"]
    assert list(KEYS) == ["t", "g", "p", "z", "c", "lk", "s", "del", "txt", "d"]
    assert len({key.number for key in KEYS.values()}) == len(KEYS)
    assert all(0 < key.number < 15 for key in KEYS.values())
    assert len(COLOURS) == len(set(COLOURS)) == 8
    assert all(limit > 0 for limit in LIMITS.values())
