"""Every rule in docs/spec.md is held by a test that cites it, and every citation names a rule."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITATION = re.compile(r"\[((?:[A-Z]{3}-\d+)(?:, ?[A-Z]{3}-\d+)*|PS-\d\d)\]")
# What has to hold before anybody is asked to write what they would not say aloud; the numbers are older than this list.
SAFE = [1, 2, 3, *range(5, 9), *range(10, 14), *range(15, 19), *range(21, 24), *range(26, 35), 36, 37, 38]
SAFE += [41, 42, *range(45, 49)]


def rules() -> list[str]:
    return re.findall(r"^\| ((?:[A-Z]{3}|PS)-\d+) \|", (ROOT / "docs" / "spec.md").read_text(), re.MULTILINE)


@cache
def citations() -> dict[str, set[str]]:
    """Rule → the test files that cite it."""
    cited: dict[str, set[str]] = {}
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "web" / "test").rglob("*.ts*")]
    for path in files:
        if path == Path(__file__) or "node_modules" in path.parts:
            continue
        for group in CITATION.findall(path.read_text(encoding="utf-8")):
            for rule in re.split(r", ?", group):
                cited.setdefault(rule, set()).add(path.relative_to(ROOT).as_posix())
    return cited


def test_a_number_is_used_once() -> None:
    assert [rule for rule, count in Counter(rules()).items() if count > 1] == []


def test_every_rule_is_cited_by_a_test() -> None:
    assert [rule for rule in rules() if rule not in citations()] == []


def test_every_citation_names_a_rule() -> None:
    unknown = {rule: sorted(files) for rule, files in citations().items() if rule not in rules()}
    assert unknown == {}


def test_every_rule_that_keeps_people_safe_is_there() -> None:
    assert [number for number in SAFE if f"PS-{number:02}" not in rules()] == []


def test_a_test_that_is_named_after_a_rule_cites_it() -> None:
    named = re.compile(r"^def test_((?:ps\d\d_)+).*?(?=^def |^@|^class |\Z)", re.MULTILINE | re.DOTALL)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for test in named.finditer(path.read_text(encoding="utf-8")):
            for number in re.findall(r"\d\d", test[1]):
                assert f"[PS-{number}]" in test[0], f"{path.name}: {test[1]}"
