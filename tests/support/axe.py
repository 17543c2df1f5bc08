"""axe, on the page as a person has it.

axe cannot see through a canvas: text over one comes back as *incomplete*, not as a fault. So the canvases, which
assistive technology never meets, are taken out of the picture first; then no contrast may be left undecided.
"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from .browser import Person

__all__ = ["finds_nothing", "finds_nothing_in_any_theme"]


# What axe says of things that lie over one another. A row over its list does no harm, and what a sheet covers is not
# seen.
OVERLAPS = {"bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring"}


# What a theme changes is colours, and nothing else that axe looks at.
_THEMES: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "high contrast": {"contrast": "more"},
}
_COLOURS = ("color-contrast", "link-in-text-block")
# A colour half-way through a fade is nobody's choice.
_LOOK = """
async (options) => {
  const show = (how) => { for (const canvas of document.querySelectorAll('canvas')) canvas.style.display = how; };
  show('none');
  await Promise.all(document.getAnimations().map((fade) => fade.finished));
  const { violations, incomplete } = await axe.run(options);
  show('');
  return { violations, incomplete };
}
"""


def finds_nothing(person: Person, screen: str) -> None:
    """Assert that axe has nothing to object to on what they see; `screen` names it if it has."""
    _look(person, screen, {})


def finds_nothing_in_any_theme(person: Person, screen: str) -> None:
    """The same in the light theme, and of colours in the others."""
    finds_nothing(person, screen)
    for theme, media in _THEMES.items():
        person.page.emulate_media(color_scheme="light", contrast="no-preference")
        person.page.emulate_media(**media)
        _look(person, f"{screen}, {theme}", {"runOnly": {"type": "rule", "values": list(_COLOURS)}})
    person.page.emulate_media(color_scheme="light", contrast="no-preference")


def _look(person: Person, screen: str, rules: dict[str, Any]) -> None:
    # A page has it until it is loaded anew: to bring half a megabyte takes longer than most looks.
    if not person.page.evaluate("() => 'axe' in window"):
        person.page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations", "incomplete"], **rules}
    results: dict[str, Any] = person.page.evaluate(_LOOK, options)
    findings = [
        f"{rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for rule in (*results["violations"], *results["incomplete"])
        for node in rule["nodes"]
        if rule in results["violations"] or undecided(rule["id"], node)
    ]
    assert findings == [], f"{screen}: {findings}"


def undecided(rule: str, node: dict[str, Any]) -> bool:
    """Whether axe could not tell about contrast that a person sees."""
    if rule != "color-contrast":
        return False
    return not {(check["data"] or {}).get("messageKey") for check in node["any"]} <= OVERLAPS
