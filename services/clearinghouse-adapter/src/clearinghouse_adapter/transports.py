"""How files get to a clearinghouse or payer and back. A mailbox is what every transport looks like from here."""

import asyncio
from pathlib import Path
from typing import Protocol

from clearinghouse_adapter.files import ARCHIVE, is_plain_name, move_to, names_in, write_whole

REFUSED = "refused"
"""Where a file goes that no service took, beside the archive."""


class Transport(Protocol):
    """A mailbox at a clearinghouse: put there, take from there. Every call may be made again after a crash."""

    async def put(self, name: str, content: bytes) -> None:
        """Sends a file: it is there whole under its name, or not at all. Raises OSError."""

    async def exists(self, name: str) -> bool:
        """Whether a file was sent under this name, taken already or not."""

    async def list(self) -> list[str]:
        """The names of files that wait to be fetched."""

    async def fetch(self, name: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""

    async def archive(self, name: str, *, refused: bool = False) -> None:
        """Puts a fetched file away, so that it is not listed again; nothing is deleted."""


class DirectoryTransport:
    """A folder that both sides see (a mounted share, an SFTP server's home): inbound/ to the payer, outbound/ from it."""

    def __init__(self, mailbox: Path) -> None:
        self._to_payer, self._from_payer = mailbox / "inbound", mailbox / "outbound"
        for folder in (self._to_payer, self._from_payer):
            folder.mkdir(parents=True, exist_ok=True)

    async def put(self, name: str, content: bytes) -> None:
        await asyncio.to_thread(write_whole, self._to_payer / checked(name), content)

    async def exists(self, name: str) -> bool:
        # First where it lies before it is taken, then where the payer moves it: in between it is in one of the two.
        return (self._to_payer / checked(name)).exists() or (self._to_payer / ARCHIVE / name).exists()

    async def list(self) -> list[str]:
        return names_in(self._from_payer)

    async def fetch(self, name: str) -> bytes:
        return await asyncio.to_thread((self._from_payer / checked(name)).read_bytes)

    async def archive(self, name: str, *, refused: bool = False) -> None:
        move_to(self._from_payer / checked(name), self._from_payer / (REFUSED if refused else ARCHIVE))


def checked(name: str) -> str:
    """A name that can't leave its folder. Raises ValueError."""
    if not is_plain_name(name):
        raise ValueError("a file's name must be plain")
    return name
