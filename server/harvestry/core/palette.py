"""Our eight colours as other programs write them: the presets of JSON Canvas, and hex values.

A board holds names alone; these are for files that come and go.
"""

__all__ = ["PRESETS", "PRESET_OF", "nearest"]

# The six preset colours of JSON Canvas and ours that mean the same; the other two have no preset.
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


def nearest(hex_colour: str) -> str | None:
    """The colour of ours that a hex value is closest to, by its fill or its border; None if it is not a hex value."""
    digits = hex_colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    try:
        wanted = bytes.fromhex(digits)
    except ValueError:
        return None
    if len(wanted) not in (3, 4):
        return None

    def distance(shade: str) -> int:
        return sum((one - other) ** 2 for one, other in zip(wanted, bytes.fromhex(shade), strict=False))

    return min(SHADES, key=lambda name: min(map(distance, SHADES[name])))
