"""A room on the bench whose people write records: principles that anybody may commit to, and actions that one leads."""

from __future__ import annotations

from typing import Any

from pycrdt import Map, Text

from harvestry.core.access import Role
from harvestry.core.protocol import ConnId

from .rooms import identity
from .writing import WritingBench

__all__ = ["RECORDS", "RecordRoom", "card"]

RECORDS: dict[str, Any] = {
    "title": "What we promise",
    "regions": [
        {
            "key": "principles",
            "title": "Our principles",
            "kind": "record",
            "frame": [0, 0, 800, 600],
            "makes": "principle",
            "fields": [
                {"key": "we_will", "label": "We will…", "needed": True},
                {"key": "shown", "label": "You will see it when…", "needed": True},
                {"key": "account", "label": "We hold each other to account by…", "needed": True},
                {"key": "repair", "label": "When we slip, we…"},
            ],
            "names": "commit",
        },
        {
            "key": "actions",
            "title": "Actions",
            "kind": "record",
            "frame": [900, 0, 800, 600],
            "makes": "action",
            "fields": [
                {"key": "what", "label": "What", "needed": True},
                {"key": "review", "label": "When we look again"},
            ],
            "names": "lead",
            "serves": ["principle"],
        },
        {"key": "stories", "title": "Stories", "frame": [0, 700, 800, 600]},
    ],
    "phases": [
        {
            "key": "promise",
            "title": "Promise",
            "minutes": 5,
            "opens": [{"region": "principles"}, {"region": "actions"}, {"region": "stories"}],
        }
    ],
}


def card(frame: str, **fields: str) -> Map[Any]:
    """A record as a client puts it on the board."""
    payload = {"ht": "record", **{key: Text(text) for key, text in fields.items()}}
    return Map({"t": "card", "g": [20, 90, 320, 200], "z": "a0", "p": frame, "d": Map(payload)})


class RecordRoom(WritingBench):
    """Rosa hosts; Ann, Ben, Cleo and Vera, who harvests, take part; records are written."""

    ben: ConnId
    cleo: ConnId
    vera: ConnId

    def begin(self, plan: dict[str, Any] = RECORDS) -> None:
        self.host_it(plan)
        self.ben, self.cleo = self.join(identity("Ben")), self.join(identity("Cleo"))
        self.vera = self.join(identity("Vera", Role.HARVESTER))
        self.settle()
        self.go("promise")

    def record(self, conn: ConnId, id: str, region: str, **fields: str) -> str | None:
        """Somebody puts a record into a region."""
        frame = self.frame(region)
        return self.writes(conn, lambda els: els.__setitem__(id, card(frame, **fields)))

    def words(self, conn: ConnId, id: str, **fields: str) -> str | None:
        """Somebody gives a record other words."""

        def change(els: Any) -> None:
            for key, text in fields.items():
                words = els[id]["d"][key]
                del words[0 : len(str(words))]
                words.insert(0, text)

        return self.writes(conn, change)

    def erase(self, conn: ConnId, id: str) -> str | None:
        """Somebody takes a record off the board."""
        return self.writes(conn, lambda els: els[id].__setitem__("del", 1))

    def seat(self, conn: ConnId) -> str:
        return str(self.messages(conn, "welcome")[0][1]["seat"])

    def names(self, id: str, conn: ConnId | None = None) -> list[tuple[str, str]]:
        """Whose names are on a record and as what, as somebody was last told."""
        told = self.view(self.host if conn is None else conn)["recording"]["names"].get(id, [])
        return [(seat, part) for seat, part, _, _ in told]

    def own_words(self, id: str) -> list[str]:
        """What people say to a record beside their names, as somebody was last told."""
        return [own for _, _, _, own in self.view(self.host)["recording"]["names"].get(id, [])]

    def standing(self, id: str) -> list[tuple[str, str | None, str | None]]:
        """How an action stood, who is told to have said so, and why; the latest last."""
        told = self.view(self.cleo)["recording"]["standing"].get(id, [])
        return [(status, seat, reason) for status, _, seat, reason in told]

    def digests(self, id: str) -> set[str]:
        return {words for _, _, words, _ in self.view(self.host)["recording"]["names"].get(id, [])}
