"""Upkeep by a running server, asked for through its operator's door."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from harvestry.core.access import BoardId, issue_admin
from harvestry.core.errors import HarvestryError
from harvestry.core.ports import StillRead
from harvestry.core.rebuilding import Wish

from .upkeep import Outcome

__all__ = ["Declined", "RemoteUpkeep"]

# Writing a large database anew takes a while.
_PATIENCE_S = 1_800.0


class Declined(HarvestryError):
    """The server says no; its sentence is for people."""


@dataclass(frozen=True, slots=True)
class RemoteUpkeep:
    """The same as `Upkeep`, elsewhere.

    Args:
        address: Of the operator's door.
        key: What tokens for it are made with.
    """

    address: str
    key: bytes

    async def compact(self, board: BoardId, *, always: bool = True) -> Outcome:
        return _outcome(await self._ask("compact", board=board, always=always))

    async def erase(self, board: BoardId, wish: Wish) -> Outcome:
        return _outcome(
            await self._ask(
                "erase", board=board, elements=sorted(wish.elements), seats=sorted(wish.seats), deleted=wish.deleted
            )
        )

    async def remove(self, board: BoardId) -> Outcome:
        return _outcome(await self._ask("erase", board=board, everything=True))

    async def restore(self, board: BoardId, file: Path) -> Outcome:
        return _outcome(await self._ask("restore", board=board, file=str(await asyncio.to_thread(file.resolve))))

    async def tidy(self) -> None:
        await self._ask("tidy")

    async def _ask(self, what: str, **arguments: object) -> dict[str, object]:
        return await asyncio.to_thread(self._post, what, arguments)

    def _post(self, what: str, arguments: dict[str, object]) -> dict[str, object]:
        # Not through a proxy, whatever the environment names.
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=_PATIENCE_S)
        try:
            headers = {
                "Authorization": f"Bearer {issue_admin(self.key, now=int(time.time()))}",
                "Content-Type": "application/json",
            }
            connection.request("POST", f"/api/admin/{what}", json.dumps(arguments), headers)
            response = connection.getresponse()
            status, answer = response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise Declined("The server at work on the data folder does not answer; look at its log.") from error
        finally:
            connection.close()
        if status != 200:
            said = answer["error"]
            raise (
                StillRead(said["message"].removesuffix("."))
                if said["code"] == "still_read"
                else Declined(said["message"])
            )
        return dict(answer)


def _outcome(answer: dict[str, object]) -> Outcome:
    for name in ("elements", "seats"):
        answer[name] = tuple(answer[name])  # type: ignore[arg-type]
    return Outcome(**answer)  # type: ignore[arg-type]
