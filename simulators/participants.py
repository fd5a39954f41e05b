"""The settings that channels and desk need in the simulated country, written as the file an operator would write."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import yaml

from gateway.identity.passwords import Passwords
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.gateways import clock_url
from simulators.installation import LOOPBACK, Installation
from simulators.keys import system_password
from simulators.population.cast import GBDFL_OWNER, GBDUL_OWNER, ORGANISATIONS, PEOPLE, SYSTEMS, Post
from simulators.world import storage_password

STAFF_PASSWORD = "Qyzmet-2026"  # noqa: S105 (of demo accounts on loopback, printed by `make up`)
APPLICANT_PASSWORD = "Qyzmet-2026"  # noqa: S105 (the same)
READER_PASSWORD = "Qyzmet-2026"  # noqa: S105 (the same)
READERS = ("support", "auditor", "custodian")
"""Who may read the message logs of the demo, each called by its role."""
OFFICES = ("karaganda-employment", "almaty-education")
"""The organisations of the cast that have a desk."""
_POSTS = {Post.CLERK: "clerk", Post.HEAD: "head", Post.EXECUTOR: "executor"}


async def write_settings(installation: Installation) -> str:
    """Write `settings.yaml` and `staff.yaml` into the installation's folder (mode 0600) and return the first's path."""
    _write(installation, "staff.yaml", _staff())
    password = await Passwords().hash(READER_PASSWORD)
    settings = {
        "simulation": True,
        "clock_url": clock_url(installation),
        "trust": {
            "anchors": str(installation.folder / "anchors"),
            "cache": str(installation.folder / "lists"),
            "tsa_url": f"{installation.address('world')}/nca/tsp",
        },
        "channels": await _channels(installation) | _readers(password),
        "desk": await _desk(installation) | _readers(password),
    }
    return _write(installation, "settings.yaml", settings)


async def _channels(installation: Installation) -> dict[str, Any]:
    return await _participant(installation, "channels", "portal") | {
        "gateways": {"shep": _gateway(installation, "shep")},
    }


async def _desk(installation: Installation) -> dict[str, Any]:
    return await _participant(installation, "desk", "desk") | {
        "gateways": {name: _gateway(installation, name) for name in ("rshep", "shep")},
        "home_gateway": "rshep",
        "registries": {
            "gbdfl_owner": str(GBDFL_OWNER.bin),
            "gbdul_owner": str(GBDUL_OWNER.bin),
            "requestor": str(ORGANISATIONS[SYSTEMS["desk"].organisation].bin),
        },
        "verification_url": installation.address("portal"),
        "staff": str(installation.folder / "staff.yaml"),
    }


async def _participant(installation: Installation, system: str, address: str) -> dict[str, Any]:
    return {
        "database_url": await installation.database_url(system),
        "host": LOOPBACK,
        "port": getattr(installation.ports, address),
        "public_url": installation.address(address),
        "sender_id": SYSTEMS[system].sender_id,
        "sender_password": system_password(installation, f"{system} at the gateway"),
        "storage_password": storage_password(installation, system),
        "person_key": system_password(installation, f"persons of {system}"),
        "journal_keys": [_journal_key(installation, system)],
        "key": {
            "file": str(installation.folder / "keys" / f"{system}.p12"),
            "password": system_password(installation, system),
        },
        "home_gateway": "shep",
        "ncalayer_url": f"ws://{LOOPBACK}:{installation.ports.ncalayer_plain}",
        "ncalayer_window_url": f"http://{LOOPBACK}:{installation.ports.ncalayer_plain}/window",
        "ncalayer_any_chain": True,
    }


def _readers(password: str) -> dict[str, Any]:
    return {"readers": {role: {"role": role, "password": password} for role in READERS}}


def _journal_key(installation: Installation, system: str) -> str:
    secret = system_password(installation, f"journal of {system}")
    return base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def _gateway(installation: Installation, name: str) -> dict[str, str]:
    return {
        "sync_url": f"{installation.address(name)}{SYNC_PATH}",
        "async_url": f"{installation.address(name)}{ASYNC_PATH}",
        "certificate": str(installation.folder / "gateways" / f"{name}.cer"),
    }


def _staff() -> list[dict[str, str]]:
    return [
        {
            "iin": str(person.iin),
            "name": person.full_name_kk,
            "office": person.organisation or "",
            "role": _POSTS[person.post],
            "password": STAFF_PASSWORD,
        }
        for person in PEOPLE.values()
        if person.post in _POSTS and person.organisation in OFFICES
    ]


def _write(installation: Installation, name: str, content: Any) -> str:
    file = installation.folder / name
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return str(file)
