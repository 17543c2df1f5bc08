"""The documents say what is so: commands, settings, close codes, files, links."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

import harvestry.cli
from harvestry.config import Settings
from harvestry.core.errors import CloseCode
from harvestry.core.gathering.templates import schema
from harvestry.edge.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
COMMANDS: click.Command = typer.main.get_command(harvestry.cli.cli)


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def shell_lines(path: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text(path), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


def leaf_commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not hasattr(command, "commands"):
        return [path]
    return [leaf for name, inner in command.commands.items() for leaf in leaf_commands(inner, (*path, name))]


def test_the_readme_begins_with_the_two_commands() -> None:
    """[RUN-4]"""
    assert shell_lines("README.md")[:2] == ["python3 run.py demo", "python3 run.py test"]


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md"])
def test_commands_in_the_documents_exist(path: str) -> None:
    """[RUN-4]"""
    usage = text("run.py").split('USAGE = """', 1)[1].split('"""', 1)[0]
    for line in shell_lines(path):
        words = shlex.split(line)
        match words:
            case ["python3", "run.py", name, *_]:
                assert f"python3 run.py {name} " in usage, line
            case [".venv/bin/harvestry", *rest]:
                leaves = leaf_commands(COMMANDS)
                assert any(tuple(rest[: len(leaf)]) == leaf for leaf in leaves), line
                options = [word for word in rest if word.startswith("--")]
                shown = CliRunner().invoke(
                    harvestry.cli.cli, [*[w for w in rest if not w.startswith("-")][:2], "--help"]
                )
                assert all(option in shown.output for option in options), line
            case ["cd", *_]:
                assert (ROOT / words[1]).is_dir(), line
            case _:
                pytest.fail(f"a command that no test knows: {line}")


def settings_table() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default in ("", ()) else str(default)
        value = f"`{shown}`" if shown else "–"
        rows.append(f"| `HARVESTRY_{name.upper()}` | {value} | {field.description} |")
    return "\n".join(["| variable | default | what |", "| --- | --- | --- |", *rows]) + "\n"


def test_the_settings_table_is_the_settings() -> None:
    """[RUN-4]"""
    assert settings_table() in text("docs/operations.md"), f"docs/operations.md should hold:\n{settings_table()}"


def metrics_table() -> str:
    rows = []
    for family in Metrics().registry.collect():
        if not family.name.startswith("harvestry_"):
            continue
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = ", ".join(f"`{label}`" for label in getattr(family, "_labelnames", ()) if label != "le")
        rows.append(f"| `{name}` | {family.type} | {labels or '–'} | {family.documentation} |")
    return "\n".join(["| metric | kind | label | what |", "| --- | --- | --- | --- |", *rows]) + "\n"


def test_the_metrics_table_is_the_registry() -> None:
    """[RUN-4]"""
    assert metrics_table() in text("docs/operations.md"), f"docs/operations.md should hold:\n{metrics_table()}"


def test_the_schema_of_templates_is_that_of_the_server() -> None:
    """[TPL-1]"""
    assert json.loads(text("docs/template.schema.json")) == schema(), "written by core/gathering/templates.py: schema()"


def test_every_setting_says_what_it_is() -> None:
    """[RUN-4]"""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_command_has_help_and_stands_in_the_documents() -> None:
    """[RUN-4]"""
    table = text("docs/operations.md")
    for leaf in leaf_commands(COMMANDS):
        shown = CliRunner().invoke(harvestry.cli.cli, [*leaf, "--help"])
        assert shown.exit_code == 0
        assert f"| `harvestry {' '.join(leaf)}` |" in table, leaf


def test_the_close_codes_in_the_protocol_are_those_of_the_server() -> None:
    """[LIM-1]"""
    section = text("docs/protocol.md").split("## 5.", 1)[1]
    written = {int(code) for code in re.findall(r"close (\d{4})", section)}
    assert written == {code.value for code in CloseCode} - {CloseCode.NORMAL.value}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_in_the_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_files_in_the_architecture_document_exist() -> None:
    document = text("docs/architecture.md")
    folders = (".", "server/harvestry", "server/harvestry/templates", "crdt", "crdt/harvestry_crdt", "web", "web/src")
    for name in set(re.findall(r"`([\w./-]+\.(?:py|ts|tsx|json|html|toml))`", document)):
        assert any((ROOT / folder / name).exists() for folder in folders), name
