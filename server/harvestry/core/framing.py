"""A server's WebSocket frames as bytes (RFC 6455, section 5.2): what many are told is framed once for all of them."""

from __future__ import annotations

__all__ = ["framed"]

# The last frame of a message, and its only one, of binary data.
_BINARY = 0x82


def framed(message: bytes) -> bytes:
    """The message as one frame, unmasked as a server's are."""
    size = len(message)
    if size < 126:
        return bytes((_BINARY, size)) + message
    if size < 65_536:
        return bytes((_BINARY, 126)) + size.to_bytes(2, "big") + message
    return bytes((_BINARY, 127)) + size.to_bytes(8, "big") + message
