"""The swap test: two people exchange what they write without a name, and nobody else is sent another byte.

A gathering is played twice with the same clock and the same chance, on a room without sockets. Whoever is no author of
the exchanged words keeps a transcript: every frame, when it came, and to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.jsoncanvas import write_canvas
from harvestry.core.limits import Millis
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Presence
from harvestry_crdt import Board
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import identity
from support.sealing import Draft
from support.transcripts import of_native, of_stock

TEXTS = ["The bus does not stop here.", "Nobody asked us.", "We have a hall that stands empty, and a key to it. 🌾"]
LATER = {text: f"{text} (more of it)" for text in TEXTS}


def opened(**terms: object) -> dict[str, Any]:
    phases = [{**p, "opens": [{**p["opens"][0], **terms}]} if p["key"] == "write" else p for p in PLAN["phases"]]
    return plan(phases=phases)


@dataclass
class Played(HostedBench):
    """A gathering of eight, with hosts, a display and a stock client.

    Attributes:
        writers: Who writes; the first two are those who exchange.
        lines: What everybody was sent, as (when, to whom, what).
    """

    writers: list[ConnId] = field(default_factory=list)
    lines: list[tuple[Millis, ConnId, object]] = field(default_factory=list)
    stock: ConnId | None = None

    def handle(self, event: events.Event) -> list[events.Effect]:
        effects = super().handle(event)
        for effect in effects:
            match effect:
                case events.Send(conn, frame):
                    self.lines.append((self.now, conn, self._read(conn, frame)))
                case events.Deliver(conns, fanout):
                    self.lines += [(self.now, conn, self._read(conn, fanout.full)) for conn in conns]
        return effects

    def _read(self, conn: ConnId, frame: bytes) -> object:
        return of_stock(frame) if conn == self.stock else of_native(frame)

    def gather(self, of: dict[str, Any]) -> None:
        """Everybody comes, and sealed writing begins."""
        self.host_it(of)
        self.writers = [self.ann, *(self.join(identity(f"P{number}")) for number in range(7))]
        for role in (Role.COHOST, Role.DISPLAY, Role.OBSERVER):
            self.join(identity(role.value, role))
        self.stock = ConnId(self._last_conn + 1)
        self.join(identity("Stock", seat=None), door=Door.STOCK)
        self.handle(events.Step1Received(self.stock, b"\x00"))
        self.settle()
        self.go("write")

    def heard_by_others(self) -> list[tuple[Millis, ConnId, object]]:
        """What was sent to everybody but the two who exchange."""
        return [line for line in self.lines if line[1] not in self.writers[:2]]

    def elements(self) -> dict[str, Any]:
        stored = self.reloaded()
        document = Board.load(stored.state, stored.updates, client_id=99)
        elements = document.elements()
        document.close()
        return elements

    def export(self) -> str:
        return write_canvas(self.elements().values(), title="Alder Vale")

    def element_of(self, text: str) -> str:
        (found,) = [id for id, element in self.elements().items() if element.text == text]
        return found


def play(first: Sequence[str], second: Sequence[str], **terms: object) -> Played:
    """A whole gathering in which two people write these texts, and the others what they always do."""
    bench = Played()
    bench.gather(opened(**terms))
    pair = list(zip(bench.writers[:2], (first, second), strict=True))
    words = {text: (who, number) for who, (_, texts) in enumerate(pair) for number, text in enumerate(texts)}

    def draft(text: str) -> Draft:
        who, number = words[text]
        return Draft(f"{who}/{number}", text)

    for who, (conn, texts) in enumerate(pair):
        for number, text in enumerate(texts[:-1]):
            bench.do(conn, "seal.write", **Draft(f"{who}/{number}", "something else at first").args)
            bench.handle(events.PresenceReceived(conn, Presence(cursor=(who, number), editing="abcdefghijkl")))
            bench.wait(300 + 100 * who)
            bench.do(conn, "seal.write", **Draft(f"{who}/{number}", text).args)
    for number, conn in enumerate(bench.writers[2:5]):
        bench.do(conn, "seal.write", **Draft(f"other/{number}", f"other words {number}").args)
    bench.refused(pair[0][0], "seal.write", **Draft("0/0", "x" * 900).args)
    bench.refused(pair[1][0], "seal.write", **Draft("1/0", "x" * 900).args)
    bench.wait(15_000)
    late = bench.join(identity("Late"))
    bench.do(bench.host, "seal.reveal")
    while not bench.view(late)["show"]["phases"][2]["revealed"]:
        bench.do(bench.host, "seal.reveal")
    # From here on whoever wrote a text acts on it, at the same moment in both runs.
    for text in sorted(text for _, texts in pair for text in texts[-1:]):
        conn = pair[words[text][0]][0]
        bench.do(conn, "seal.late", **draft(text).args)
    one, other = sorted(text for _, texts in pair for text in texts[:1])
    conn = pair[words[one][0]][0]
    bench.do(conn, "seal.reword", element=bench.element_of(one), key=draft(one).key, text=LATER[one])
    bench.wait(7_000)
    bench.settle()
    conn = pair[words[other][0]][0]
    bench.do(conn, "seal.withdraw", element=bench.element_of(other), key=draft(other).key)
    bench.wait(30_000)
    bench.go("sort")
    bench.join(identity("Latest"))
    bench.settle()
    bench.do(bench.host, "show.close")
    return bench


@pytest.mark.parametrize("attribution", ["none", "table"])
def test_ps11_exchanged_texts_change_no_byte_that_anybody_else_is_sent(attribution: str) -> None:
    """[SEA-3] [PS-10] [PS-11] [PS-12] [PS-47] The texts are as long as they please."""
    a, b = TEXTS[:2], [TEXTS[2], "One more."]
    LATER.setdefault("One more.", "One more, and another.")
    one, other = play(a, b, attribution=attribution), play(b, a, attribution=attribution)
    assert one.heard_by_others() == other.heard_by_others()
    assert one.export() == other.export()
    assert [entry.happenings for entry in one.entries] == [entry.happenings for entry in other.entries]
    assert one.reloaded().authors == other.reloaded().authors
    assert one.reloaded().leases == other.reloaded().leases
    # It was no empty evening.
    assert LATER[TEXTS[0]] in one.export()
    assert "other words 2" in one.export()


def test_ps11_names_are_what_the_swap_test_finds() -> None:
    """[PS-11] With names the two runs differ: the test has teeth."""
    a, b = TEXTS[:2], [TEXTS[2], "One more."]
    LATER.setdefault("One more.", "One more, and another.")
    one, other = play(a, b, attribution="named"), play(b, a, attribution="named")
    assert one.heard_by_others() != other.heard_by_others()
    assert one.reloaded().authors != other.reloaded().authors


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["both", "third", "fourth"]),
        st.integers(0, 3),
        st.sampled_from(["write", "drop"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS, moves=st.integers(0, 2))
def test_ps11_whatever_is_written_dropped_and_written_again(
    steps: list[tuple[str, int, str, bool]], moves: int
) -> None:
    """[SEA-3] [PS-11] In any order of writing: exchanged texts make the same transcript for the rest."""

    def run(texts: Sequence[str]) -> Played:
        bench = Played()
        bench.gather(opened(limit=0))
        for who, number, what, turned in steps:
            pair = [1, 0] if turned else [0, 1]
            for writer in pair if who == "both" else [2] if who == "third" else [3]:
                conn, draft = bench.writers[writer], Draft(f"{writer}/{number}", f"{texts[writer]} {number}")
                bench.answer(conn, "seal.drop", note=draft.note) if what == "drop" else bench.do(
                    conn, "seal.write", **draft.args
                )
                for x in range(moves):
                    bench.handle(events.PresenceReceived(conn, Presence(cursor=(x, writer))))
        bench.wait(11_000)
        bench.do(bench.host, "seal.reveal")
        return bench

    one, other = run(["first", "the other", "third", "fourth"]), run(["the other", "first", "third", "fourth"])
    assert one.heard_by_others() == other.heard_by_others()
    assert one.export() == other.export()
