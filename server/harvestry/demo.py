"""The demo: a server with two gatherings, filled on the first start by the people who are in them."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .app import serve
from .config import Settings
from .core.access import BoardId, Role, Token, TokenKind, issue
from .core.errors import InvalidState
from .core.template import Template
from .core.under_way import UnderWay
from .edge.gatherings import NewGathering, open_archive
from .edge.hosting import bring_under_way
from .edge.library import shipped
from .edge.seeding import seed

__all__ = ["load_template", "load_under_way", "serve_demo"]

TEMPLATE = "alder_vale.json"
UNDER_WAY = "under_way.json"


def load_template(name: str = TEMPLATE) -> Template:
    """A template of the library."""
    return Template.model_validate_json((files("harvestry") / "templates" / name).read_bytes())


def load_under_way(name: str = UNDER_WAY) -> UnderWay:
    """A gathering in the middle of its run of show."""
    return UnderWay.model_validate_json((files("harvestry") / "templates" / name).read_bytes())


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to look at: a full board, and a gathering that is under way."""

    full: NewGathering
    under_way: NewGathering


async def serve_demo(settings: Settings, listener: socket.socket) -> None:
    """Serve until a signal says stop; on the first start, fill the board meanwhile.

    Args:
        settings: Its data folder is the demo's own.
        listener: Bound already.
    """
    remembered = await _remembered(settings)
    if remembered is not None:
        await serve(settings, listener, ready=lambda address: _welcome(remembered, settings.public_url or address))
        return
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(settings, listener, ready=address.set_result))
    filling = asyncio.create_task(_fill(settings, address))
    try:
        await asyncio.wait((serving, filling), return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            filling.result()
        # Else a signal came while the board was being filled: there is nothing to report.
        await serving
    finally:
        for task in (filling, serving):
            task.cancel()
        await asyncio.gather(filling, serving, return_exceptions=True)


async def _remembered(settings: Settings) -> Shown | None:
    """The gatherings of an earlier start, if they are still there; their links as they are now."""
    try:
        memory = json.loads(_memory(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    boards = [memory.get(name) if isinstance(memory, dict) else None for name in ("board", "under_way")]
    found: list[NewGathering] = []
    async with open_archive(settings.data, settings.database) as archive:
        for board in boards:
            tokens: dict[Role, str] = {}
            for link in await archive.store.links(BoardId(board)) if isinstance(board, str) else ():
                if not link.revoked:
                    tokens.setdefault(link.role, issue(archive.key, link.board, Token(TokenKind.LINK, link.id)))
            if isinstance(board, str) and tokens:
                found.append(NewGathering(BoardId(board), tokens))
    return Shown(*found) if len(found) == len(boards) else None


async def _fill(settings: Settings, ready: asyncio.Future[str]) -> None:
    address = await ready
    template, under_way = load_template(), load_under_way()
    plan = shipped().plan(under_way.templates)
    if plan is None:
        raise InvalidState(f"expected templates of the library, got {under_way.templates}")
    plan = plan.model_copy(update={"title": under_way.title, "purpose": under_way.purpose})
    async with open_archive(settings.data, settings.database) as archive:
        made = await archive.create(template.title)
        other = await archive.create(under_way.title, plan=plan)
    notes, people = len(template.notes()), len(template.names)
    typer.echo(f"Seeding {notes} notes from {people} people …")
    started = time.monotonic()
    columns = (TextColumn("  "), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("notes", total=notes)
        await seed(
            template,
            base_url=address,
            board=made.board,
            host_token=made.tokens[Role.HOST],
            participant_token=made.tokens[Role.PARTICIPANT],
            progress=lambda count: progress.advance(task, count),
        )
        await bring_under_way(
            under_way,
            base_url=address,
            board=other.board,
            host_token=other.tokens[Role.HOST],
            participant_token=other.tokens[Role.PARTICIPANT],
        )
    typer.echo(f"Done in {time.monotonic() - started:.1f} s.")
    # Written last: a demo that was interrupted while it filled begins again with a fresh board.
    memory = {"board": made.board, "under_way": other.board}
    _memory(settings).write_text(json.dumps(memory) + "\n", encoding="utf-8")
    _welcome(Shown(made, other), settings.public_url or address)


def _memory(settings: Settings) -> Path:
    return settings.data / "demo.json"


def _welcome(shown: Shown, address: str) -> None:
    typer.echo("")
    links = shown.full.links(address)
    for role in Role:
        if role in links:
            typer.echo(f"  {role.value.capitalize():<12} {links[role]}")
    typer.echo("")
    typer.echo("A gathering with a run of show, at the step where the group sorts what it wrote:")
    links = shown.under_way.links(address)
    for role, words in ((Role.HOST, "To host"), (Role.PARTICIPANT, "To take part")):
        if role in links:
            typer.echo(f"  {words:<12} {links[role]}")
    typer.echo("")
    typer.echo("Open two of the links in two windows and write. Ctrl-C stops the server;")
    typer.echo("the same command starts it again with the same board and the same links.")
