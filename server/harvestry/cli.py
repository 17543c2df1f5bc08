"""The command line: serving, making gatherings, files in and out, and the operator's commands."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import ValidationError

from harvestry_crdt import LIMITS, DamagedBoard

from . import app, log, operating
from .config import Settings
from .console import Data, Failure, Json, run, settings_of
from .core.access import Role
from .core.gathering.gathering import DamagedGathering
from .core.gathering.leaving import NothingLeaves
from .core.gathering.plan import Plan
from .core.gathering.templates import Unfit
from .core.jsoncanvas import MAX_CANVAS_BYTES, CanvasError, read_canvas, write_canvas
from .core.protocol import clean_line
from .edge.gatherings import NewGathering, open_archive
from .edge.hub import UnknownBoard
from .edge.library import shipped

__all__ = ["main"]

T = TypeVar("T")

cli = typer.Typer(
    name="harvestry",
    help="A self-hosted canvas for hosted conversations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
gathering = typer.Typer(no_args_is_help=True, help="Make gatherings.")
cli.add_typer(gathering, name="gathering")
operating.add_to(cli, gathering)

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="Port to listen on; 0 takes a free one.")]


def main() -> None:
    """Run the command line; what goes wrong is one sentence on stderr and a non-zero exit."""
    try:
        cli()
    except Failure as failure:
        _give_up(str(failure))
    except ValidationError as error:
        first = error.errors()[0]
        _give_up(f"The setting {'.'.join(map(str, first['loc'])) or 'combination'} is not valid: {first['msg']}.")
    except UnknownBoard as error:
        _give_up(f"There is no board {error} in this data folder.")
    except DamagedBoard as error:
        _give_up(f"The board cannot be read: {error}.")


@cli.command()
def serve(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    ready_json: Annotated[
        bool, typer.Option("--ready-json", help="Print one JSON line with the address once connections are taken.")
    ] = False,
    client: Annotated[
        bool, typer.Option("--client/--without-client", help="Serve the web client, or the interfaces alone.")
    ] = True,
) -> None:
    """Serve gatherings until stopped."""
    settings = settings_of(host=host, port=port, data=data)
    if client:
        _require_client()
    with _listen(settings) as listener:
        port = listener.getsockname()[1]

        def ready(address: str) -> None:
            if ready_json:
                print(json.dumps({"url": address, "port": port}), flush=True)
            else:
                typer.echo(f"Harvestry is ready at {settings.public_url or address}")

        log.set_up(settings.log_level)
        run(settings, app.serve(settings, listener, ready=ready))


@cli.command()
def demo(host: Host = None, port: Port = None, data: Data = None) -> None:
    """Serve a gathering filled by two dozen people, and print its links."""
    from .demo import serve_demo

    settings = settings_of(host=host, port=port, data=data)
    if data is None:
        # Beside the real gatherings, not among them.
        settings = settings.model_copy(update={"data": settings.data / "demo"})
    _require_client()
    # The links are what people look for; a line for each of two dozen connections would bury them.
    log.set_up(settings.log_level if "log_level" in settings.model_fields_set else "warning")
    with _listen(settings) as listener:
        run(settings, serve_demo(settings, listener))


@gathering.command("new")
def gathering_new(
    title: Annotated[
        str | None, typer.Option("--title", help="What the gathering is called; else as its template.")
    ] = None,
    template: Annotated[
        list[str] | None,
        typer.Option("--template", help="Its run of show, as `harvestry templates` names it; again for what follows."),
    ] = None,
    start: Annotated[bool, typer.Option("--start", help="Begin with the first step at once.")] = False,
    as_json: Json = False,
    host: Host = None,
    port: Port = None,
    data: Data = None,
) -> None:
    """Make a gathering and print a link for each role. A running server need not be restarted."""
    settings = settings_of(host=host, port=port, data=data)
    plan = _plan(template or (), title)
    if start and plan is None:
        raise typer.BadParameter("Only a gathering with a --template has a first step to begin with.")
    named = title if plan is None or title is not None else plan.title
    if named is None:
        raise typer.BadParameter("Say what the gathering is called with --title, or choose a --template.")

    async def work() -> NewGathering:
        async with open_archive(settings.data, settings.database) as archive:
            return await archive.create(_title(named), plan=plan, begins=start)

    _print_links(run(settings, work()), settings, as_json=as_json)


@cli.command()
def templates(as_json: Json = False) -> None:
    """List the runs of show that a gathering can begin with."""
    offers = shipped().offers
    if as_json:
        rows = [
            {"key": offer.key, "title": offer.of.title, "minutes": offer.minutes, "description": offer.of.description}
            for offer in offers
        ]
        print(json.dumps({"templates": rows}))
        return
    widest = max(len(offer.key) for offer in offers)
    for offer in offers:
        typer.echo(f"{offer.key:<{widest}}  {offer.minutes:>3} min  {offer.of.title}. {offer.of.description}")


@cli.command("import")
def import_board(
    file: Annotated[Path, typer.Argument(help="A JSON Canvas 1.0 file.")],
    title: Annotated[
        str | None, typer.Option("--title", help="What the gathering is called; else as in the file.")
    ] = None,
    as_json: Json = False,
    host: Host = None,
    port: Port = None,
    data: Data = None,
) -> None:
    """Make a gathering from a JSON Canvas file."""
    settings = settings_of(host=host, port=port, data=data)
    try:
        with file.open("rb") as content:
            canvas = read_canvas(content.read(MAX_CANVAS_BYTES + 1))
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error
    except CanvasError as error:
        raise Failure(f"{file} cannot be imported. {error}") from error

    async def work() -> NewGathering:
        async with open_archive(settings.data, settings.database) as archive:
            named = _title(title or canvas.title or file.stem)
            made = await archive.create(named, canvas.elements)
            there, elements = await archive.read(made.board)
            # As a file, because equal values come out of the engine in any order.
            if write_canvas(elements.values(), title=there) != write_canvas(canvas.elements, title=named):
                raise Failure(f"{file} was imported as {made.board}, which does not read back as the file says.")
            return made

    _print_links(run(settings, work()), settings, as_json=as_json)


@cli.command("export")
def export_board(
    board: Annotated[str, typer.Argument(help="The board's id: the part of its address after /b/.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else standard output.")] = None,
    form: Annotated[str, typer.Option("--format", help="The only format so far is jsoncanvas.")] = "jsoncanvas",
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Write a board out as a JSON Canvas file."""
    if form != "jsoncanvas":
        raise Failure(f"There is no format {form}; the only one so far is jsoncanvas.")
    if as_json and output is None:
        raise Failure("A canvas on standard output leaves no place for anything else; --json goes with --output.")
    settings = settings_of(data=data)

    async def work() -> tuple[str, int, int]:
        async with open_archive(settings.data, settings.database) as archive:
            try:
                what = await archive.leaving(board)
            except NothingLeaves as error:
                raise Failure("The group agreed that nothing leaves this gathering, so it is not exported.") from error
            except DamagedGathering as error:
                raise Failure("What the group agreed may leave cannot be read, so nothing is exported.") from error
            if damage := await archive.damage_of(board):
                typer.echo(f"This board is damaged, and written out as far as it is sound: {damage}.", err=True)
        text = write_canvas(
            what.elements, title=what.title, authors=what.authors, withdrawn=what.withdrawn, records=what.records
        )
        return text, len(what.elements), what.withdrawn

    text, count, withdrawn = run(settings, work())
    if withdrawn:
        items = "1 item was" if withdrawn == 1 else f"{withdrawn} items were"
        typer.echo(f"{items} withdrawn. A file from before may still hold them: use this one instead.", err=True)
    if output is None:
        _write_out(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
        read_back = output.read_bytes()
    except OSError as error:
        raise Failure(f"{output} cannot be written: {error.strerror}.") from error
    if read_back != text.encode():
        raise Failure(f"{output} does not read back as it was written.")
    if as_json:
        print(json.dumps({"board": board, "file": str(output), "elements": count, "withdrawn": withdrawn}))


@cli.command()
def doctor(host: Host = None, port: Port = None, data: Data = None) -> None:
    """Check what a server needs, and say what is missing."""
    settings = settings_of(host=host, port=port, data=data)
    sound = True

    async def store() -> None:
        async with open_archive(settings.data, settings.database) as archive:
            await archive.store.ping()

    async def boards() -> None:
        async with open_archive(settings.data, settings.database) as archive:
            problems = await archive.store.examine()
        if problems:
            named = [f"{of or 'database'}: {'; '.join(those)}" for of, those in problems.items()]
            raise Failure("damaged. " + ". ".join(named) + ".")

    checks: dict[str, Callable[[], object]] = {
        "data folder": lambda: run(settings, store()),
        "boards": lambda: run(settings, boards()),
        "port": lambda: _listen(settings).close(),
        "client": _require_client,
    }
    for name, check in checks.items():
        try:
            check()
        except Failure as failure:
            sound = False
            typer.echo(f"{name}: {failure}")
        else:
            typer.echo(f"{name}: fine")
    for package in ("pycrdt", "uvicorn", "starlette", "sqlalchemy"):
        try:
            typer.echo(f"{package}: {version(package)}")
        except PackageNotFoundError:
            sound = False
            typer.echo(f"{package}: not installed.")
    if not sound:
        raise typer.Exit(1)


# ---- what the commands share ---------------------------------------------------------------------------------------


def _plan(keys: Sequence[str], title: str | None) -> Plan | None:
    if not keys:
        return None
    library = shipped()
    if unknown := [key for key in keys if library.plan([key]) is None]:
        raise Failure(f"There is no template {unknown[0]}; `harvestry templates` lists them.")
    try:
        plan = library.plan(keys)
    except Unfit as error:
        raise Failure(f"These templates do not go together: {error}.") from error
    return plan if plan is None or title is None else plan.model_copy(update={"title": _title(title)})


def _title(text: str) -> str:
    title = clean_line(text)
    # The board counts as Yjs does, in UTF-16 units.
    length = len(title.encode("utf-16-le")) // 2
    if not 1 <= length <= LIMITS["title"]:
        raise Failure(f"A title has 1 to {LIMITS['title']} characters; this one has {length}.")
    return title


def _print_links(made: NewGathering, settings: Settings, *, as_json: bool) -> None:
    links = made.links(settings.public_url or f"http://{_readable(settings.host)}:{settings.port}")
    if as_json:
        roles = {role.value: {"link": links[role], "token": made.tokens[role]} for role in Role}
        print(json.dumps({"board": made.board, "roles": roles}))
    else:
        for role in Role:
            typer.echo(f"{role.value}: {links[role]}")


def _readable(host: str) -> str:
    if host in app.EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _write_out(text: str) -> None:
    try:
        # A canvas is UTF-8, whatever the terminal speaks.
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough; nothing more is to be said into the pipe, not even at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def _listen(settings: Settings) -> socket.socket:
    try:
        return app.listen(settings.host, settings.port)
    except OSError as error:
        raise Failure(
            f"Harvestry cannot listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Choose another port with --port."
        ) from error


def _require_client() -> None:
    if not (app.STATIC / "index.html").is_file():
        raise Failure("The web client has not been built; python3 run.py serve builds it.")


def _give_up(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
