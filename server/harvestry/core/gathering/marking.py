"""The words of a draft, as they are numbered to be marked, and what is quoted of those that many marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["phrases", "words_in"]

# White space as Unicode 15 has it, spelled out: what languages call white space differs, and words have to be the same
# words on every device.
_WORD: Final = re.compile(r"[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def words_in(text: str) -> list[str]:
    """Its words: what stands between white space, punctuation with it."""
    return _WORD.findall(text)


def phrases(words: Sequence[str], counts: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """Words that stand together and that as many marked are one phrase.

    Args:
        words: Of a draft.
        counts: (number of a word, how many marked it), in the order of the words.

    Returns:
        (how many, phrase) in the order of the words.
    """
    found: list[tuple[int, list[str]]] = []
    end = -1
    for number, many in counts:
        if number >= len(words):
            break
        if found and number == end and found[-1][0] == many:
            found[-1][1].append(words[number])
        else:
            found.append((many, [words[number]]))
        end = number + 1
    return [(many, " ".join(phrase)) for many, phrase in found]
