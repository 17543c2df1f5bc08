"""A scene for undoing: an offender whose edits are undone as chance has it, and a bystander whose edits never are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pycrdt import Doc, Map

from fuzz.gate import agree
from harvestry_crdt import Board, Operation, Put, SetTitle
from support.elements import note, region
from support.storm import Action, Chance, Create, Insert, Storm, carry_out, read_vector, view_of

__all__ = ["SERVER", "Replica", "Scene"]

SERVER = 1 << 40


class Replica:
    """A person's copy: makes updates of actions, and takes in what the server sends when it gets round to it."""

    def __init__(self, client_id: int, state: bytes) -> None:
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.doc.apply_update(state)
        self.waiting: list[bytes] = []

    def act(self, action: Action) -> bytes | None:
        before = self.doc.get_state()
        made: list[bytes] = []
        watch = self.doc.observe(lambda event: made.append(event.update))
        carry_out(self.doc, action)
        self.doc.unobserve(watch)
        assert len(made) <= 1
        return (
            self.doc.get_update(before)
            if made and read_vector(before) != read_vector(self.doc.get_state())
            else (made[0] if made else None)
        )

    def hear(self) -> None:
        for update in self.waiting:
            self.doc.apply_update(update)
        self.waiting.clear()


class Scene:
    """An offender whose edits are undone as chance has it, a bystander whose edits never are, and the board."""

    def __init__(self, chance: Chance, *, delay: bool) -> None:
        self.chance = chance
        self.delay = delay
        self.board = Board(client_id=SERVER)
        frame = region(1, "Frame")
        self.board.write([SetTitle("Orchard"), Put(frame), *(Put(note(f"n{n}", x=n, parent=frame)) for n in range(4))])
        self.sent = [self.board.commit()]
        self.offender = Replica(7, self.sent[0])
        self.bystander = Replica(9, self.sent[0])
        self.storms = {7: Storm(chance, "offe"), 9: Storm(chance, "byst")}
        self.canaries: list[str] = []
        self.unborn: set[tuple[str | None, str | None]] = set()
        self.count = 0

    def step(self) -> None:
        who = self.offender if self.chance.integer(0, 2) else self.bystander
        if not self.delay or self.chance.integer(0, 1):
            self.commit()
            who.hear()
        undone = who is self.offender and self.chance.integer(0, 1) == 1
        self.count += 1
        word = f"«canary {self.count}»"
        action = self.storms[who.doc.client_id].next(view_of(who.doc)).action
        if isinstance(action, Insert):
            action = replace(action, text=word)
        elif isinstance(action, Create):
            action = replace(action, text=word if action.text is not None else None)
        update = who.act(action)
        if update is None:
            return
        edit = self.board.inspect(update)
        doomed = [operation for operation in edit.operations if undone or self.is_unborn(operation)]
        for operation in doomed:
            if operation.action == "create":
                self.unborn.add((operation.element, None))
        # Whatever was typed into what is no longer there is gone as well.
        if doomed and doomed == list(edit.operations):
            self.canaries.append(word)
        self.board.admit(edit, undo=doomed)

    def is_unborn(self, operation: Operation) -> bool:
        return (operation.element, None) in self.unborn

    def commit(self) -> None:
        diff = self.board.commit()
        if diff:
            self.sent.append(diff)
            self.offender.waiting.append(diff)
            self.bystander.waiting.append(diff)

    def finish(self) -> None:
        self.commit()
        agree(self.board)
        for replica in (self.offender, self.bystander):
            replica.hear()
        joiner = Replica(11, self.board.encode())
        log = Replica(12, self.sent[0])
        log.waiting = self.sent[1:]
        log.hear()
        vector = read_vector(self.board.state_vector())
        values = view_of(self.board._doc)
        for replica in (self.offender, self.bystander, joiner, log):
            assert read_vector(replica.doc.get_state()) == vector
            assert view_of(replica.doc) == values
            assert dict(replica.doc.get("meta", type=Map)) == dict(self.board._meta)
        for word in self.canaries:
            for data in (*self.sent, self.board.encode()):
                assert word.encode() not in data
