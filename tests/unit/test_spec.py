"""Every rule in docs/spec.md is held by a test that cites it, and every citation names a rule."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITATION = re.compile(r"\[((?:[A-Z]{3}-\d+)(?:, ?[A-Z]{3}-\d+)*)\]")


def rules() -> list[str]:
    return re.findall(r"^\| ([A-Z]{3}-\d+) \|", (ROOT / "docs" / "spec.md").read_text(), re.MULTILINE)


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
