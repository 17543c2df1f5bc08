"""Our eight colours as other programs write them: the presets of JSON Canvas, and hex values.

A board holds names alone; these are for files that come and go.
"""

import re

__all__ = ["PRESETS", "PRESET_OF", "nearest"]

# The six preset colours of JSON Canvas and ours that mean the same. Of the other two, cornflower is written as its
# border, and oat, the paper itself, as no colour at all.
PRESETS = {"1": "rosehip", "2": "apricot", "3": "barley", "4": "sage", "5": "mere", "6": "damson"}
PRESET_OF = {name: preset for preset, name in PRESETS.items()} | {"cornflower": "#416CAB"}
# Fill and border of each colour in the light theme: what a foreign hex value is compared with.
SHADES = {
    "barley": ("FBE59A", "8B6C0C"),
    "apricot": ("FBD0A8", "A0581F"),
    "rosehip": ("F8C6C4", "AE434B"),
    "damson": ("E3CFEC", "80519A"),
    "cornflower": ("C7DAF7", "416CAB"),
    "mere": ("BEE5E1", "26756D"),
    "sage": ("CFE5B7", "54782E"),
    "oat": ("FAF8F1", "7A7261"),
}

# Red, green and blue, one digit or two of each. How opaque it is may follow, and changes nothing here.
HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.ASCII | re.IGNORECASE).fullmatch


def nearest(hex_colour: str) -> str | None:
    """The colour of ours that a hex value is closest to, by its fill or its border; None if it is not a hex value."""
    if HEX(hex_colour) is None:
        return None
    digits = hex_colour[1:]
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    wanted = bytes.fromhex(digits)

    def distance(shade: str) -> int:
        return sum((one - other) ** 2 for one, other in zip(wanted, bytes.fromhex(shade), strict=False))

    return min(SHADES, key=lambda name: min(map(distance, SHADES[name])))
