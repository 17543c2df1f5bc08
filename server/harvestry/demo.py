"""The demo: a server with one gathering, filled on the first start by the people who are in it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from importlib.resources import files
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .app import serve
from .config import Settings
from .core.access import BoardId, Role, Token, TokenKind, issue
from .core.template import Template
from .edge.gatherings import NewGathering, open_archive
from .edge.seeding import seed

__all__ = ["load_template", "serve_demo"]

TEMPLATE = "alder_vale.json"


def load_template(name: str = TEMPLATE) -> Template:
    """A template of the library."""
    return Template.model_validate_json((files("harvestry") / "templates" / name).read_bytes())


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


async def _remembered(settings: Settings) -> NewGathering | None:
    """The gathering of an earlier start, if it is still there; its links as they are now."""
    try:
        memory = json.loads(_memory(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    board = BoardId(memory["board"]) if isinstance(memory, dict) and isinstance(memory.get("board"), str) else None
    if board is None:
        return None
    async with open_archive(settings.data, settings.database) as archive:
        tokens: dict[Role, str] = {}
        for link in await archive.store.links(board):
            if not link.revoked:
                tokens.setdefault(link.role, issue(archive.key, board, Token(TokenKind.LINK, link.id)))
    return NewGathering(board, tokens) if tokens else None


async def _fill(settings: Settings, ready: asyncio.Future[str]) -> None:
    address = await ready
    template = load_template()
    async with open_archive(settings.data, settings.database) as archive:
        made = await archive.create(template.title)
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
    typer.echo(f"Done in {time.monotonic() - started:.1f} s.")
    # Written last: a demo that was interrupted while it filled begins again with a fresh board.
    _memory(settings).write_text(json.dumps({"board": made.board}) + "\n", encoding="utf-8")
    _welcome(made, settings.public_url or address)


def _memory(settings: Settings) -> Path:
    return settings.data / "demo.json"


def _welcome(gathering: NewGathering, address: str) -> None:
    typer.echo("")
    links = gathering.links(address)
    for role in Role:
        if role in links:
            typer.echo(f"  {role.value.capitalize():<12} {links[role]}")
    typer.echo("")
    typer.echo("Open two of the links in two windows and write. Ctrl-C stops the server;")
    typer.echo("the same command starts it again with the same board and the same links.")
