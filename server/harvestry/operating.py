"""The operator's commands: `harvestry compact | erase | backup | restore`, beside a running server or without one."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from .config import Settings
from .console import Data, Failure, Json, run, settings_of
from .core.access import BOARD_ID, BoardId, SeatId, holder_of_seat
from .core.ports import StillRead
from .core.rebuilding import Wish
from .edge.announcement import announced
from .edge.auth import load_key, replace_key
from .edge.backup import Kept, Progress, make_backup, open_backup, restore_folder, sweep
from .edge.gatherings import Archive, open_archive
from .edge.hub import UnknownBoard
from .edge.occupancy import Occupied, occupied
from .edge.remote import RemoteUpkeep
from .edge.upkeep import Outcome, Upkeep, alone_here

__all__ = ["add_to"]

BoardArgument = Annotated[str, typer.Argument(help="The board's id: the part of its address after /b/.")]


def add_to(cli: typer.Typer, gathering: typer.Typer) -> None:
    """Put the commands on the command line."""
    for command in (compact, erase, backup, restore):
        cli.command()(command)
    gathering.command("people")(people)


def compact(
    board: Annotated[str | None, typer.Argument(help="The board's id; without it, every board.")] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Write boards down afresh, without what is deleted or overwritten, and give the space back."""
    settings = settings_of(data=data)

    async def work() -> list[Outcome]:
        async with _keeper(settings) as (keeper, archive):
            wanted = [summary.board for summary in await archive.store.boards()] if board is None else [_id(board)]
            with _progress(as_json=as_json) as progress:
                outcomes = []
                for number, each in enumerate(wanted, start=1):
                    outcomes.append(await keeper.compact(each, always=board is not None))
                    progress("boards", number, len(wanted))
                await keeper.tidy()
        return outcomes

    outcomes = run(settings, work())
    if as_json:
        typer.echo(json.dumps({"boards": [_as_json(outcome) for outcome in outcomes]}))
        return
    for outcome in outcomes:
        now = "as small as it gets" if outcome.before == outcome.after else f"now {outcome.after:,}"
        typer.echo(f"{outcome.board}: {outcome.before:,} bytes, {now}.")


def erase(
    board: BoardArgument,
    element: Annotated[list[str] | None, typer.Option("--element", help="An element's id; may be repeated.")] = None,
    seat: Annotated[
        list[str] | None, typer.Option("--seat", help="A person's seat; `harvestry gathering people` lists them.")
    ] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Whatever people have deleted.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="The whole gathering: board, links, seats, names.")] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Erase something of a board for good: no file of the data folder holds it afterwards."""
    wish = Wish(frozenset(element or ()), frozenset(map(SeatId, seat or ())), deleted)
    if everything == (wish != Wish()):
        raise Failure("Say what is to be erased: --deleted, --element, --seat, or --all by itself.")
    settings = settings_of(data=data)

    async def work() -> Outcome:
        async with _keeper(settings) as (keeper, _):
            outcome = await (keeper.remove(_id(board)) if everything else keeper.erase(_id(board), wish))
            try:
                await keeper.tidy()
            except StillRead as error:
                raise Failure(
                    "It is off the board, but somebody reads the database, and its files still hold it: "
                    "run harvestry compact when they have done."
                ) from error
        return outcome

    outcome = run(settings, work())
    if as_json:
        typer.echo(json.dumps(_as_json(outcome) | {"at": int(time.time())}))
    elif everything:
        typer.echo(f"Erased: the gathering {outcome.board}. {_BACKUPS}")
    else:
        typer.echo(f"Erased from {outcome.board}: {len(outcome.elements)} elements, {len(outcome.seats)} people.")
        for id in (*outcome.elements, *outcome.seats):
            typer.echo(f"  {id}")
        typer.echo(f"The board is in epoch {outcome.epoch}; copies from before are discarded. {_BACKUPS}")


_BACKUPS = "Backups from before still hold it; a restore erases it again."


def backup(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; else one with the date.")
    ] = None,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key in too: whoever has the file can then join everything.")
    ] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Copy everything into one file, beside a running server or without one, and read the copy back."""
    settings = settings_of(data=data)
    file = output or Path(f"harvestry-{datetime.now().astimezone():%Y%m%d-%H%M%S}.backup")
    if file.exists():
        raise Failure(f"There is a file {file} already.")
    if not settings.database.is_file():
        raise Failure(f"There are no gatherings in {settings.data}.")

    async def work() -> list[Kept]:
        with _progress(as_json=as_json) as progress:
            key = load_key(settings.data) if with_key else None
            return await make_backup(settings.database, file, key=key, progress=progress)

    kept = run(settings, work())
    _tell_kept(kept, file=file, as_json=as_json, words=f"Backed up to {file}, and read back")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that harvestry backup made.")],
    board: Annotated[str | None, typer.Option("--board", help="Bring back this board alone.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the backup in the place of the gatherings that are there.")
    ] = False,
    erasures: Annotated[
        list[Path] | None, typer.Option("--erasures", help="A newer backup whose list of erasures counts too.")
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Bring back a whole data folder, with the server stopped, or one board, beside a running server."""
    settings = settings_of(data=data)
    if not file.is_file():
        raise Failure(f"There is no file {file}.")
    if board is not None:
        outcome = run(settings, _restore_board(settings, file, _id(board)))
        if as_json:
            typer.echo(json.dumps(_as_json(outcome)))
        else:
            typer.echo(f"Brought back {outcome.board}, and read it back. It is in epoch {outcome.epoch}.")
        return

    async def work() -> list[Kept]:
        settings.data.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(occupied(settings.data))
            sweep(settings.data)
            if settings.database.exists() and not replace:
                raise Failure(f"There are gatherings in {settings.data}; --replace puts the backup in their place.")
            progress = stack.enter_context(_progress(as_json=as_json))
            kept, key = await restore_folder(
                file, settings.database, lists=erasures or (), at=int(time.time()), progress=progress
            )
            if key is not None:
                replace_key(settings.data, key)
        return kept

    kept = run(settings, work())
    _tell_kept(kept, file=file, as_json=as_json, words=f"Restored from {file}, and read back")


async def _restore_board(settings: Settings, file: Path, board: BoardId) -> Outcome:
    async with _keeper(settings) as (keeper, _):
        outcome = await keeper.restore(board, file)
        await keeper.tidy()
        return outcome


def people(board: BoardArgument, as_json: Json = False, data: Data = None) -> None:
    """List everybody who has a seat at a board: seat, name, role, how many elements they made, and who was removed."""
    settings = settings_of(data=data)

    async def work() -> list[dict[str, object]]:
        async with open_archive(settings.data, settings.database) as archive:
            stored = await archive.store.load(_id(board))
            if stored is None:
                raise UnknownBoard(board)
            made = Counter(stored.authors.values())
            links = {link.id: link.role for link in await archive.store.links(stored.board)}
            return [
                {
                    "seat": seat.id,
                    "name": seat.name,
                    "role": (seat.role or links[seat.link]).value,
                    "elements": made[holder_of_seat(seat.id)],
                    "removed": seat.removed,
                }
                for seat in await archive.store.seats(stored.board)
            ]

    found = run(settings, work())
    if as_json:
        typer.echo(json.dumps({"people": found}))
        return
    for person in found:
        end = ", removed" if person["removed"] else ""
        typer.echo("{seat}  {name}, {role}, {elements} elements".format_map(person) + end)


# ---- what the commands share ---------------------------------------------------------------------------------------


class _Keeper(Protocol):
    """Whoever does the upkeep: a running server, or this process."""

    async def compact(self, board: BoardId, *, always: bool = True) -> Outcome: ...
    async def erase(self, board: BoardId, wish: Wish) -> Outcome: ...
    async def remove(self, board: BoardId) -> Outcome: ...
    async def restore(self, board: BoardId, file: Path) -> Outcome: ...
    async def tidy(self) -> None: ...


class _Local(Upkeep):
    """Upkeep in this process, with the data folder to ourselves."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        super().__init__(archive.store, alone_here, wall=lambda: int(time.time()))
        self._folder = folder

    async def restore(self, board: BoardId, file: Path) -> Outcome:
        async with open_backup(file, self._folder) as opened:
            saved = await opened.board(board)
        return await self.bring_back(saved)


@asynccontextmanager
async def _keeper(settings: Settings) -> AsyncIterator[tuple[_Keeper, Archive]]:
    """The server at work on the data folder; without one, this process, which then keeps servers away."""
    with ExitStack() as stack:
        keeper: _Keeper | None = None
        settings.data.mkdir(parents=True, exist_ok=True)
        try:
            stack.enter_context(occupied(settings.data))
        except Occupied as error:
            # The file may be of a server that was killed; only one that holds the folder is believed.
            if (server := announced(settings.data)) is None:
                raise Failure(f"A server is at work on {settings.data} and says nothing; stop it first.") from error
            keeper = RemoteUpkeep(server.admin, load_key(settings.data))
        else:
            sweep(settings.data)
        async with open_archive(settings.data, settings.database) as archive:
            yield keeper or _Local(archive, settings.data), archive


def _id(board: str) -> BoardId:
    if not BOARD_ID.fullmatch(board):
        raise UnknownBoard(board)
    return BoardId(board)


def _as_json(outcome: Outcome) -> dict[str, object]:
    return asdict(outcome)


def _tell_kept(kept: list[Kept], *, file: Path, as_json: bool, words: str) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(file), "boards": [asdict(each) for each in kept]}))
        return
    damaged = [each.board for each in kept if not each.digest]
    typer.echo(f"{words}: {len(kept)} boards.")
    for board in damaged:
        typer.echo(f"The board {board} was damaged before, and was copied as it is.", err=True)


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Progress]:
    """Bars for a person who waits; nothing for a program."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Bars(*columns, transient=True, console=console, disable=as_json or not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell
