"""What we depend on may be used and passed on with what we make: permissive licences alone."""

import re
from importlib.metadata import PackageNotFoundError, metadata, requires

import pytest
from packaging.requirements import Requirement

PERMISSIVE = re.compile(r"apache|bsd|mit\b|isc\b|psf|python software foundation|unlicense", re.IGNORECASE)
# Copyleft whatever else it may offer.
OTHER = re.compile(r"gpl|mozilla|mpl|sspl|busl|elastic|commons clause|non-?commercial", re.IGNORECASE)


def everything_needed() -> list[str]:
    """Every package that an installation brings, ours left out."""
    found: set[str] = set()
    open_names = ["harvestry"]
    while open_names:
        for line in requires(open_names.pop()) or ():
            wanted = Requirement(line)
            if wanted.name in found or not (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
                continue
            found.add(wanted.name)
            open_names.append(wanted.name)
    return sorted(found)


def licence_of(package: str) -> str:
    about = metadata(package)
    classifiers = [line for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    text = (about.get("License") or "").strip()
    # Some put the whole text where its name belongs; its first line says which it is.
    return "; ".join(filter(None, [about.get("License-Expression"), *classifiers, text.partition("\n")[0]]))


@pytest.mark.parametrize("package", everything_needed())
def test_every_package_has_a_permissive_licence(package: str) -> None:
    licence = licence_of(package)
    assert PERMISSIVE.search(licence), licence
    assert not OTHER.search(licence), licence


def test_the_list_is_whole() -> None:
    assert {"pycrdt", "prometheus-client", "starlette", "anyio"} <= {name.lower() for name in everything_needed()}
    with pytest.raises(PackageNotFoundError):
        licence_of("no-such-package-here")
