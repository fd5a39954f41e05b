"""Where a simulated country lives: its folder, ports, secrets and addresses."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from gateway.store.provision import provision

PARTICIPANTS = ("channels", "desk")
SIMULATORS = ("nca", "shep", "rshep", "tempstorage")
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports of everything; the usual ones for `make up`, free ones for a walk."""

    portal: int = 8080
    arm: int = 8081
    desk: int = 8090
    shep: int = 8100
    rshep: int = 8101
    world: int = 8110
    ncalayer: int = 13579
    ncalayer_plain: int = 13580

    @classmethod
    def free(cls) -> Self:
        """Return ports that nobody listens on now."""
        sockets = [socket.socket() for _ in fields(cls)]
        try:
            for one in sockets:
                one.bind((LOOPBACK, 0))
            return cls(*(one.getsockname()[1] for one in sockets))
        finally:
            for one in sockets:
                one.close()


@dataclass(frozen=True, slots=True)
class Installation:
    """The data folder of one simulated country; the same folder finds the same state again.

    `strict` says that its gateways take nothing that the schema does not allow.
    """

    folder: Path
    ports: Ports
    admin_url: str
    secret: bytes
    strict: bool = False

    @classmethod
    def at(cls, folder: Path, *, ports: Ports, admin_url: str, strict: bool = False) -> Self:
        """Open the installation in `folder`, making its secret (mode 0600) the first time."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("keys", "anchors", "gateways", "people"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "keys").chmod(0o700)
        file = folder / "secret"
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(secrets.token_hex(32).encode())
        return cls(folder, ports, admin_url, file.read_bytes(), strict)

    def address(self, name: str) -> str:
        """Return the base URL of a part: portal, arm, desk, shep, rshep, world, ncalayer_plain."""
        return f"http://{LOOPBACK}:{getattr(self.ports, name)}"

    async def database_url(self, participant: str) -> str:
        """Make sure that the participant or simulator has its own role and schema, and return its URL."""
        return await provision(self.admin_url, participant, secret=self.role_secret)

    @property
    def role_secret(self) -> bytes:
        """What the roles' passwords are made of.

        Roles belong to the server, so installations that share one must agree: it comes from the administrator's URL,
        without the database.
        """
        return hashlib.sha256(urlsplit(self.admin_url)._replace(path="").geturl().encode()).hexdigest().encode()

    def save(self) -> None:
        """Write ports and database address for the processes that `up` starts (mode 0600)."""
        file = self.folder / "installation.json"
        file.touch(mode=0o600)
        saved = {"ports": asdict(self.ports), "admin_url": self.admin_url, "strict": self.strict}
        file.write_text(json.dumps(saved), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        saved = json.loads((folder / "installation.json").read_text(encoding="utf-8"))
        return cls.at(
            folder, ports=Ports(**saved["ports"]), admin_url=saved["admin_url"], strict=saved.get("strict", False)
        )
