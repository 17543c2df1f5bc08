"""Finding words in bytes, in whatever form a server could have let them out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["forms_of", "found_in"]

# Where gzip and zlib streams begin.
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


def forms_of(words: str) -> dict[str, bytes]:
    """The words in every form that is looked for, by its name."""
    raw = words.encode()
    forms = {
        "utf-8": raw,
        "utf-16-le": words.encode("utf-16-le"),
        "utf-16-be": words.encode("utf-16-be"),
        "json": json.dumps(words)[1:-1].encode(),
        "percent": quote(words).encode(),
        "hex": raw.hex().encode(),
    }
    for shift in range(3):
        # What is encoded together with up to two bytes before it, less what its neighbours have a part in.
        encoded = base64.b64encode(bytes(shift) + raw)
        middle = encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]
        forms[f"base64+{shift}"] = middle
        forms[f"base64url+{shift}"] = middle.translate(bytes.maketrans(b"+/", b"-_"))
    digest = hashlib.sha256(raw)
    forms["sha256"] = digest.digest()
    forms["sha256 hex"] = digest.hexdigest().encode()
    forms["sha256 base64"] = base64.b64encode(digest.digest())[:43]
    forms["sha256 base64url"] = base64.urlsafe_b64encode(digest.digest())[:43]
    return forms


def found_in(data: bytes, words: Iterable[str]) -> dict[str, str]:
    """Which of the words are in there, and in which form; also within whatever in there is compressed."""
    found: dict[str, str] = {}
    hay = {"": data, **{f"packed at {at}: ": body for at, body in _unpacked(data)}}
    for each in words:
        for form, needle in forms_of(each).items():
            for where, body in hay.items():
                if needle in body:
                    found.setdefault(each, where + form)
    return found


def _unpacked(data: bytes) -> Iterable[tuple[int, bytes]]:
    for match in _PACKED.finditer(data):
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data[match.start() :])
        except zlib.error:
            continue
        if body:
            yield match.start(), body
