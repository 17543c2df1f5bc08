"""A board as a child would keep it: what was written, and nothing about how replicas agree.

It cannot say which of two concurrent values wins, but it knows which values there were to choose from, which elements
must be there, and which words nobody took out. Where no two edits are concurrent it knows everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from support.storm import CARD_FIELDS, Action, Create, Erase, Insert, Remove, Set, Unset, plain

__all__ = ["NaiveBoard", "SoloBoard"]


@dataclass
class NaiveBoard:
    """What a storm of concurrent edits may lead to.

    Each action is told once, with the view of the replica that carried it out, before it did.
    """

    written: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    inserted: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    erased: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def note(self, action: Action, view: Mapping[str, Mapping[str, Any]]) -> None:
        """Take in an action that was carried out on `view`."""
        match action:
            case Create(element, kind, values, text):
                self.made.add(element)
                for key, value in plain({"t": kind, **values}).items():
                    if not (kind == "card" and key == "d"):
                        self._write(element, key, value)
                if text is not None:
                    self._insert(element, "txt", text)
                if kind == "card":
                    for key, value in plain(values["d"]).items():
                        if key == "ht":
                            self._write(element, "d.ht", value)
                        else:
                            self._insert(element, f"d.{key}", value)
            case Set(element, key, value):
                self._write(element, key, plain(value))
            case Unset(element, key):
                self._write(element, key, None)
            case Insert(element, name, _, text):
                self._insert(element, name, text)
            case Erase(element, name, at, count):
                text = _text(view[element], name)
                self.erased.setdefault((element, name), Counter()).update(text[at : at + count])
            case Remove(element):
                self.removed.add(element)

    def check(self, board: Mapping[str, Mapping[str, Any]]) -> None:
        """Assert that a board is one that the noted actions may lead to."""
        assert set(board) == self.made - self.removed
        for element, values in board.items():
            for key, value in _keys(values):
                assert value in self.written[element, key], f"{element}.{key} holds what nobody wrote: {value!r}"
            for key in {key for owner, key in self.written if owner == element} - dict(_keys(values)).keys():
                assert None in self.written[element, key], f"{element}.{key} was taken away by nobody"
            for name in _names(values):
                found = Counter(_text(values, name))
                inserted = self.inserted.get((element, name), Counter())
                kept = inserted - self.erased.get((element, name), Counter())
                assert found <= inserted, f"{element}.{name} holds what nobody typed: {found - inserted}"
                assert kept <= found, f"{element}.{name} lost what nobody erased: {kept - found}"

    def _write(self, element: str, key: str, value: object) -> None:
        self.written.setdefault((element, key), []).append(value)

    def _insert(self, element: str, name: str, text: str) -> None:
        self.inserted.setdefault((element, name), Counter()).update(text)


@dataclass
class SoloBoard:
    """What a storm leads to when each edit is everywhere before the next one: the board, exactly."""

    board: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, action: Action) -> None:
        """Carry out an action."""
        match action:
            case Create(element, kind, values, text):
                self.board[element] = plain({"t": kind, **values, **({} if text is None else {"txt": text})})
            case Remove(element):
                self.board.pop(element, None)
            case Set(element, "d.ht", value):
                self.board[element]["d"]["ht"] = value
            case Set(element, key, value):
                self.board[element][key] = plain(value)
            case Unset(element, key):
                self.board[element].pop(key, None)
            case Insert(element, name, at, text):
                old = _text(self.board[element], name)
                self._retext(element, name, old[:at] + text + old[at:])
            case Erase(element, name, at, count):
                old = _text(self.board[element], name)
                self._retext(element, name, old[:at] + old[at + count :])

    def _retext(self, element: str, name: str, text: str) -> None:
        if name == "txt":
            self.board[element]["txt"] = text
        else:
            self.board[element]["d"][name.removeprefix("d.")] = text


def _keys(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The plain keys of an element; a card's payload counts by its parts."""
    is_card = values["t"] == "card"
    keys = [(key, value) for key, value in values.items() if key != "txt" and not (key == "d" and is_card)]
    return [*keys, ("d.ht", values["d"]["ht"])] if is_card else keys


def _names(values: Mapping[str, Any]) -> list[str]:
    if values["t"] == "card":
        return [f"d.{name}" for name in CARD_FIELDS]
    return ["txt"] if "txt" in values else []


def _text(values: Mapping[str, Any], name: str) -> str:
    text: str = values["txt"] if name == "txt" else values["d"][name.removeprefix("d.")]
    return text
