"""The board: one replicated document behind a gate. Pure; knows pycrdt and nothing else of the world."""

from harvestry_crdt.board import Board, Edit, merge
from harvestry_crdt.digest import Digest, digest_of
from harvestry_crdt.element import Change, Element, Operation, Patch, Put, Remove, SetTitle
from harvestry_crdt.errors import (
    DamagedBoard,
    EngineFault,
    ForgedUpdate,
    GateError,
    MalformedUpdate,
    MissingPredecessor,
    SchemaBreach,
)
from harvestry_crdt.rebuild import named_clients, striking, vector_clients, written_keys
from harvestry_crdt.schema import COLOURS, KEYS, KINDS, LIMITS, SCHEMA_VERSION

__all__ = [
    "COLOURS",
    "KEYS",
    "KINDS",
    "LIMITS",
    "SCHEMA_VERSION",
    "Board",
    "Change",
    "DamagedBoard",
    "Digest",
    "Edit",
    "Element",
    "EngineFault",
    "ForgedUpdate",
    "GateError",
    "MalformedUpdate",
    "MissingPredecessor",
    "Operation",
    "Patch",
    "Put",
    "Remove",
    "SchemaBreach",
    "SetTitle",
    "digest_of",
    "merge",
    "named_clients",
    "striking",
    "vector_clients",
    "written_keys",
]
