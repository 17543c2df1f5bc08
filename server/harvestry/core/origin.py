"""Which web pages may talk to this server: those it served itself, and those its operator named."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

__all__ = ["is_allowed", "is_origin"]

_PORTS = {"http": 80, "https": 443}


def is_allowed(origin: str | None, *, host: str, allowed: Collection[str]) -> bool:
    """Whether a request may come from a page of that origin.

    Browsers do not apply their same-origin rule to WebSockets, so the server has to.

    Args:
        origin: The `Origin` header. Programs send none; they have no cookies or pages to be abused through, and need a
            token like everybody.
        host: The `Host` header: what the requester believes this server is called.
        allowed: Further origins, as `scheme://host[:port]`.
    """
    if origin is None:
        return True
    there = _parts(origin)
    if there is None:
        return False
    scheme, name, port = there
    if (name, port) == _host(host, scheme):
        return True
    return any(there == _parts(other) for other in allowed)


def is_origin(text: str) -> bool:
    """Whether this is an origin as browsers write it: a scheme, a host and perhaps a port, and nothing after them."""
    return _parts(text) is not None


def _parts(origin: str) -> tuple[str, str, int] | None:
    try:
        url = urlsplit(origin)
        port = url.port or _PORTS[url.scheme]
    except (ValueError, KeyError):
        return None
    if not url.hostname or url.path or url.query or url.fragment or url.username is not None:
        return None
    return url.scheme, url.hostname, port


def _host(host: str, scheme: str) -> tuple[str, int] | None:
    parts = _parts(f"{scheme}://{host}")
    return parts and parts[1:]
