"""axe, on the page as a person has it.

axe cannot see through a canvas: text over one comes back as *incomplete*, not as a fault. So the canvases, which
assistive technology never meets, are taken out of the picture first; then no contrast may be left undecided.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from .browser import Person

__all__ = ["finds_nothing"]


# What axe says of things that lie over one another. A row over its list does no harm, and what a sheet covers is not
# seen.
OVERLAPS = {"bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring"}


def finds_nothing(person: Person, screen: str) -> None:
    """Assert that axe has nothing to object to on what they see; `screen` names it if it has."""
    person.page.evaluate("() => { for (const c of document.querySelectorAll('canvas')) c.style.display = 'none'; }")
    # A colour half-way through a fade is nobody's choice.
    person.page.evaluate("() => Promise.all(document.getAnimations().map((fade) => fade.finished)).then(() => null)")
    results: dict[str, Any] = Axe().run(person.page, options={"resultTypes": ["violations", "incomplete"]}).response
    person.page.evaluate("() => { for (const c of document.querySelectorAll('canvas')) c.style.display = ''; }")
    findings = [
        f"{rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for rule in (*results["violations"], *results["incomplete"])
        for node in rule["nodes"]
        if rule in results["violations"] or undecided(rule["id"], node)
    ]
    assert findings == [], f"{screen}: {findings}"


def undecided(rule: str, node: dict[str, Any]) -> bool:
    """Whether axe could not tell about contrast that a person sees."""
    reasons = {(check["data"] or {}).get("messageKey") for check in node["any"]}
    return rule == "color-contrast" and not reasons <= OVERLAPS
