"""Whatever people do, a region that is put back holds what it held, everything else is as it was, and nothing is lost.

What should be there is told by a naive reading of the documentation, from plain views of the board before and after.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map

from harvestry.core import events
from support.dice import Dice
from support.gatherings import PLAN, plan
from support.lying import region_of
from support.rewinding import RewindBench
from support.rooms import identity
from support.storm import Chance, Create, Remove, Seeded, Set, Storm, carry_out, view_of

View = dict[str, dict[str, Any]]
HERE = "stories"
WALL = [
    *PLAN["regions"],
    {"key": "column", "title": "Column", "frame": [100, 100, 300, 400], "within": HERE},
]
MIX = {"key": "mix", "title": "Mix", "minutes": 5, "moving": "all", "opens": [{"region": HERE}, {"region": "see"}]}


class Stormy(RewindBench):
    """A hosted room in which people do whatever chance says, and things are put back."""

    def begin(self, chance: Chance) -> None:
        self.chance = chance
        self.host_it(plan(regions=WALL, phases=[MIX]))
        self.people = {"Ann": self.ann, "Rosa": self.host, "Ben": self.join(identity("Ben"))}
        self.go("mix")
        self.outlines = {one["element"]: one["key"] for one in self.view(self.host)["show"]["regions"]}
        self.docs = {name: Doc[Any](client_id=1_000 + number) for number, name in enumerate(self.people)}
        self.storms = {name: Storm(chance, name.ljust(4, "_")) for name in self.people}
        self.cseq: Counter[str] = Counter()
        self._read = 0
        self._updates: list[bytes] = []

    def board(self) -> View:
        """The board as it is, which everybody is given first."""
        assert self.stored is not None
        # What was told is not read again and again.
        self.effects = [effect for effect in self.effects if isinstance(effect, events.Close)]
        fresh = [*(() if self._read else self.stored.updates)]
        fresh += [entry.update for entry in self.entries[self._read : self._committed] if entry.update]
        self._read = self._committed
        self._updates += fresh
        for doc in self.docs.values():
            doc.get("els", type=Map)
            for update in fresh:
                doc.apply_update(update)
        views = [view_of(doc) for doc in self.docs.values()]
        assert all(view == views[0] for view in views)
        return views[0]

    def acts(self, name: str, actions: int) -> None:
        """Somebody does several things in one edit."""
        doc, storm, chance = self.docs[name], self.storms[name], self.chance
        before = doc.get_state()
        places = [*self.outlines, None]
        with doc.transaction():
            for _ in range(actions):
                view = {id: one for id, one in sorted(view_of(doc).items()) if id not in self.outlines}
                action = storm.next(view if chance.integer(0, 3) else {}).action
                others = [id for id, one in view.items() if one["t"] == "frame"]
                parents = [*places, *places, *others]
                if isinstance(action, Create) and chance.integer(0, 5):
                    parent = parents[chance.integer(0, len(parents) - 1)]
                    place = [chance.integer(0, 1_600), chance.integer(0, 500), 60, 60]
                    values = {**action.values, "g": place, **({} if parent is None else {"p": parent})}
                    action = Create(action.id, action.kind, values, action.text)
                elif view and not chance.integer(0, 2):
                    # Moved about more than chance alone would do, and taken away.
                    id = list(view)[chance.integer(0, len(view) - 1)]
                    gone = [Remove(id), Set(id, "del", 1)][chance.integer(0, 1)]
                    action = (
                        Set(id, "p", parents[chance.integer(0, len(parents) - 1)]) if chance.integer(0, 2) else gone
                    )
                carry_out(doc, action)
        self.cseq[name] += 1
        self.edit(self.people[name], doc.get_update(before), self.cseq[name])
        self.settle()

    def region(self, view: View, id: str) -> str | None:
        """Where something lies, as the documentation has it."""
        # Inner ones first.
        return region_of(view, id, dict(reversed(self.outlines.items())), self.outline)

    def outline(self, view: View, frame: str) -> tuple[float, float, float, float]:
        """The rectangle of a region; that of the column is told from its region's corner."""
        left, top, width, height = view[frame]["g"]
        if self.outlines[frame] == "column":
            above = view[next(each for each, other in self.outlines.items() if other == HERE)]["g"]
            left, top = left + above[0], top + above[1]
        return left, top, width, height

    def here(self, view: View) -> set[str]:
        """What is in the region and in its column."""
        return {id for id in self.lying(view) if not view[id].get("del")}

    def lying(self, view: View) -> set[str]:
        """The same with what is deleted."""
        others = (id for id in view if id not in self.outlines)
        return {id for id in others if self.region(view, id) in (HERE, "column")}


def shown(values: dict[str, Any], *, but: str = "") -> dict[str, Any]:
    """What one sees of an element, and what is no question of seeing: `null` is nothing."""
    named = {"lk", "del", *but.split()}
    return {key: value for key, value in values.items() if key not in named and value not in (None, {}, "")}


def place(view: View, id: str) -> list[int]:
    """Where something stands on the board, which ends somewhere."""
    x, y, w, h = view[id]["g"]
    parent = view[id].get("p")
    for _ in range(32):
        if parent not in view:
            break
        x, y, parent = x + view[parent]["g"][0], y + view[parent]["g"][1], view[parent].get("p")
    far = 1_000_000
    return [max(-far, min(far, x)), max(-far, min(far, y)), w, h]


def begins_nowhere(view: View, id: str) -> bool:
    """Whether it is a connector of something that is not there: it lies where that did, as far as anybody knows."""
    end = view[id]["d"]["a"] if view[id]["t"] == "conn" else None
    begin = end.get("id") if isinstance(end, dict) else end
    return begin is not None and (begin not in view or bool(view[begin].get("del")))


def check(bench: Stormy, then: View, before: View, after: View, told: dict[str, Any]) -> None:
    all_that_was = bench.here(then)
    loose = {id for view in (then, before, after) for id in view if begins_nowhere(view, id)}
    was, is_now = all_that_was - loose, bench.here(before) - loose
    # What hangs over the region and stood in something that came back has no other place.
    others = before.keys() - is_now - was
    over = {id for id in others if before[id].get("p") in was and bench.region(before, id) is None}
    assert bench.here(after) - over - loose == was
    for id in was:
        assert shown(after[id], but="p g") == shown(then[id], but="p g")
        if then[id].get("p") in was | bench.outlines.keys():
            assert (after[id].get("p"), after[id]["g"]) == (then[id].get("p"), then[id]["g"])
        assert bool(after[id].get("lk")) == bool(before.get(id, then[id]).get("lk"))
    for id in before.keys() - was - is_now - loose:
        if before[id].get("p") in was:
            # What stands in something that comes back does not come along.
            assert shown(after[id], but="p g") == shown(before[id], but="p g")
            assert place(after, id) == place(before, id)
            assert id in over or bench.region(after, id) == bench.region(before, id)
        elif before[id]["t"] == "conn" and after[id] != before[id]:
            assert after[id].get("del") or bench.region(after, id) == bench.region(then, id)
        else:
            assert after[id] == before[id]
    for id in is_now - was:
        if id in then and not then[id].get("del"):
            # A connector lies where it begins.
            but = "p g z d" if then[id]["t"] == "conn" else "p g z"
            assert shown(after[id], but=but) == shown(before[id], but=but)
            home = then[id].get("p")
            # Where it came from may have gone, or have come here itself.
            assert after[id].get("p") == home or home not in after or home in bench.lying(before) | bench.lying(after)
            assert not after[id].get("del")
        else:
            assert after[id] == {**before[id], "del": 1}
    assert after.keys() == before.keys() | all_that_was
    assert told["back"] == sum(id not in before or bool(before[id].get("del")) for id in all_that_was)
    assert told["stays"] == []


def run(chance: Chance, steps: int) -> Counter[str]:
    bench = Stormy()
    bench.begin(chance)
    seen: Counter[str] = Counter()
    past: list[tuple[int, View]] = []
    for step in range(steps):
        name = ("Rosa", "Rosa", "Rosa", "Ann", "Ben")[chance.integer(0, 4)]
        bench.board()
        bench.acts(name, chance.integer(1, 4))
        if step % 3 == 0 or not past:
            view = bench.board()
            past.append((bench.date, view))
        if step % 5 == 4:
            then, view = past[chance.integer(0, len(past) - 1)]
            before = bench.board()
            looked = bench.rewind(HERE, then, look=True)
            told = bench.rewind(HERE, then)
            after = bench.board()
            check(bench, view, before, after, told)
            assert {**looked, "before": told["before"]} == told
            seen.update({key: told[key] for key in ("back", "away", "changed", "home")})
            if told["before"] is not None:
                bench.rewind(HERE, told["before"])
                undone = bench.board()
                loose = {id for id in before if begins_nowhere(before, id)}
                assert bench.here(undone) - loose == bench.here(before) - loose
                for id in bench.here(before) - loose:
                    assert shown(undone[id], but="p g") == shown(before[id], but="p g")
                    assert place(undone, id) == place(before, id)
        assert not bench.closes()
    return seen


def test_a_region_that_is_put_back_holds_what_it_held() -> None:
    """[REW-1] [REW-2] In a storm of every kind of element and deed."""
    seen: Counter[str] = Counter()
    for seed in range(5):
        seen += run(Seeded(seed), 30)
    assert min(seen[what] for what in ("back", "away", "changed", "home")) > 0, seen


@settings(
    derandomize=True,
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(seed=st.integers(0, 1 << 30), steps=st.integers(5, 15))
def test_whatever_people_do_a_region_can_be_put_back(seed: int, steps: int) -> None:
    """[REW-1] [REW-2]"""
    run(Dice(seed), steps)
