"""Elements to begin a test's board with."""

from harvestry_crdt import Element

__all__ = ["note", "region"]

# Twelve characters of base64url, as the client makes them.
ID_LENGTH = 12


def note(
    words: str,
    x: int = 0,
    y: int = 0,
    *,
    parent: Element | None = None,
    colour: str = "oat",
    size: tuple[int, int] = (184, 104),
) -> Element:
    """A note named after its words; `x` and `y` are relative to `parent`."""
    return Element(
        id=_id_of("note" + words),
        kind="note",
        geometry=(x, y, *size),
        parent=None if parent is None else parent.id,
        z="V" + _id_of(words).replace("-", "a").replace("_", "b"),
        colour=colour,
        text=words,
        style={},
        payload=None,
        locked=0,
        deleted=False,
    )


def region(number: int, title: str, x: int = 0, y: int = 0, *, size: tuple[int, int] = (960, 640)) -> Element:
    return Element(
        id=_id_of("region" + title),
        kind="frame",
        geometry=(x, y, *size),
        parent=None,
        z=f"A{number}",
        colour=None,
        text=title,
        style={"no": number},
        payload=None,
        locked=0,
        deleted=False,
    )


def _id_of(words: str) -> str:
    letters = "".join(character for character in words if character.isascii() and character.isalnum())
    return letters[-ID_LENGTH:].rjust(ID_LENGTH, "-")
