"""Keys of the painter's order: strings that sort as the things they order, in the format of fractional indexing.

Only whole positions are made here. What lies between two of them is the browser's business, whose library reads these
keys as its own.
"""

__all__ = ["order_key"]

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def order_key(position: int) -> str:
    """The key of a position counted from 0: `a0` … `az`, then `b00` … `bzz`, and so on; longer heads sort later.

    Raises:
        ValueError: If the position is negative.
    """
    if position < 0:
        raise ValueError(f"expected a position of at least 0, got {position}")
    width = 1
    while position >= len(DIGITS) ** width:
        position -= len(DIGITS) ** width
        width += 1
    digits = ""
    for _ in range(width):
        position, digit = divmod(position, len(DIGITS))
        digits = DIGITS[digit] + digits
    return "abcdefghijklmnopqrstuvwxyz"[width - 1] + digits
