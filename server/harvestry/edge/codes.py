"""Short codes: six characters that are typed instead of a link, for a day at most.

The store holds a keyed hash of each. Guessing is slowed down for each address and for all together, whether or not the
guess was right, and every wrong answer costs and says the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Callable

from harvestry.core.access import BoardId, LinkId
from harvestry.core.errors import HarvestryError
from harvestry.core.ports import LinkRecord, Store
from harvestry.core.rates import Bucket, Buckets

from .clock import LoopClock

__all__ = ["ALPHABET", "Codes", "TooOften", "draw_code"]

# None of these is taken for another: no 0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
ALPHABET = "ACDEFHJKMNPRTWXY3479"
_LENGTH = 6
LIFETIME_S = 24 * 3_600

# Wrong codes: at once, and then a second. A hall behind one address may mistype; a day of guessing by everybody
# together finds one of 64 million with a chance of less than one in a thousand.
_AT_ONCE, _EACH_SECOND = 20, 0.1
_ALL_AT_ONCE, _ALL_EACH_SECOND = 60, 0.5
# A code on the wall is good for as long as a gathering may still take.
_NEARLY_OVER_S = 3 * 3_600
_MOST_TOLD = 4_096


class TooOften(HarvestryError):
    """Too much of something; `seconds` is how long to wait, and `told` what is said to people."""

    def __init__(self, seconds: int, told: str = "Too many wrong codes from here. Wait a moment.") -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds
        self.told = told


def draw_code() -> str:
    """A fresh code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


class Codes:
    """Makes short codes and looks up what they stand for.

    Args:
        key: The server's.
        draw: A fresh code each time.
    """

    def __init__(self, key: bytes, store: Store, clock: LoopClock, *, draw: Callable[[], str] = draw_code) -> None:
        self._key = key
        self._store = store
        self._clock = clock
        self._draw = draw
        self._of_all = Bucket(_ALL_EACH_SECOND, _ALL_AT_ONCE, clock.now())
        # What was made here, to be told again: code and when it expires. After a restart there is none to tell.
        self._made: OrderedDict[tuple[BoardId, LinkId], tuple[str, int]] = OrderedDict()
        self._making = asyncio.Lock()
        self._of_each = Buckets(_EACH_SECOND, _AT_ONCE)

    async def make(self, link: LinkRecord) -> tuple[str, int]:
        """A code for a link in place of its earlier one, and when it expires in Unix seconds."""
        async with self._making:
            return await self._make(link)

    async def current(self, link: LinkRecord) -> tuple[str, int]:
        """The code of a link as it was made last, or a fresh one if there is none to tell or it is nearly over."""
        async with self._making:
            made = self._made.get((link.board, link.id))
            now = self._clock.wall()
            # The end of a gathering is the end of its codes, also if it goes on afterwards.
            if (
                made is not None
                and made[1] - now > _NEARLY_OVER_S
                and await self._store.link_of_code(self._hash(made[0]), now=now) is not None
            ):
                return made
            return await self._make(link)

    async def _make(self, link: LinkRecord) -> tuple[str, int]:
        expires_at = self._clock.wall() + LIFETIME_S
        while not await self._store.set_code(link, self._hash(code := self._draw()), expires_at=expires_at):
            pass
        self._made.pop((link.board, link.id), None)
        self._made[link.board, link.id] = code, expires_at
        if len(self._made) > _MOST_TOLD:
            self._made.popitem(last=False)
        return code, expires_at

    async def link_of(self, text: str, address: str) -> LinkRecord | None:
        """The link that a code stands for; None if it is wrong, unknown or over, which nobody can tell apart.

        Raises:
            TooOften: If there were too many wrong ones, from this address or altogether.
        """
        now = self._clock.now()
        buckets = (self._of_each.of(_group(address), now), self._of_all)
        # Before the answer is known, so that a hundred at once are not all looked up. Whoever has had their share takes
        # nothing of everybody's.
        for bucket in buckets:
            if wait_ms := bucket.take(now):
                raise TooOften(wait_ms // 1_000 + 1)
        link = await self._store.link_of_code(self._hash(_plain(text)), now=self._clock.wall())
        if link is not None:
            for bucket in buckets:
                bucket.give_back()
        return link

    def _hash(self, code: str) -> bytes:
        return hmac.digest(self._key, b"code\0" + code.encode(), hashlib.sha256)


def _plain(text: str) -> str:
    """A code as it was made, however it was typed."""
    return "".join(character for character in text.upper() if character.isalnum())[: 2 * _LENGTH]


def _group(address: str) -> str:
    """What counts as one address: of IPv6 what one household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
