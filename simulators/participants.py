"""The settings that channels and desk need in the simulated country, written as the file an operator would write."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import yaml

from gateway.catalogue import Role
from gateway.catalogue.load import read_offices
from gateway.identity.passwords import Passwords
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.gateways import clock_url
from simulators.installation import LOOPBACK, Installation
from simulators.keys import system_password
from simulators.population.cast import (
    ENIS_OWNER,
    GBDFL_OWNER,
    GBDUL_OWNER,
    ORGANISATIONS,
    PEOPLE,
    SYSTEMS,
    CastPerson,
    Post,
)
from simulators.world import storage_password

STAFF_PASSWORD = "Qyzmet-2026"  # noqa: S105 (of demo accounts on loopback, printed by `make up`)
OPERATOR_PASSWORD = "Qyzmet-2026"  # noqa: S105 (the same)
APPLICANT_PASSWORD = "Qyzmet-2026"  # noqa: S105 (the same)
READER_PASSWORD = "Qyzmet-2026"  # noqa: S105 (the same)
READERS = ("support", "auditor", "custodian")
"""Who may read the message logs of the demo, each called by its role."""
_ROLES = {
    Post.CLERK: Role.CLERK,
    Post.HEAD: Role.HEAD,
    Post.EXECUTOR: Role.EXECUTOR,
    Post.COMMISSION: Role.COMMISSION,
}


async def write_settings(installation: Installation) -> str:
    """Write `settings.yaml`, `staff.yaml` and `operators.yaml` into the installation's folder (mode 0600).

    Returns the path of the first.
    """
    passwords = Passwords()
    _write(installation, "staff.yaml", _staff(await passwords.hash(STAFF_PASSWORD)))
    _write(installation, "operators.yaml", _operators(await passwords.hash(OPERATOR_PASSWORD)))
    password = await passwords.hash(READER_PASSWORD)
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
        "registries": _registries("channels") | {"enis_owner": str(ENIS_OWNER.bin)},
        "arm": {
            "host": LOOPBACK,
            "port": installation.ports.arm,
            "public_url": installation.address("arm"),
            "staff": str(installation.folder / "operators.yaml"),
        },
    }


async def _desk(installation: Installation) -> dict[str, Any]:
    return await _participant(installation, "desk", "desk") | {
        "gateways": {name: _gateway(installation, name) for name in ("rshep", "shep")},
        "home_gateway": "rshep",
        "registries": _registries("desk"),
        "verification_url": installation.address("portal"),
        "staff": str(installation.folder / "staff.yaml"),
    }


def _registries(system: str) -> dict[str, str]:
    return {
        "gbdfl_owner": str(GBDFL_OWNER.bin),
        "gbdul_owner": str(GBDUL_OWNER.bin),
        "sender_code": SYSTEMS[system].sender_id,
        "requestor": str(ORGANISATIONS[SYSTEMS[system].organisation].bin),
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


def staff_of_desk() -> tuple[CastPerson, ...]:
    """Return who works at the desk: the staff of the catalogue's offices, office by office."""
    return tuple(
        person
        for office in read_offices()
        for person in PEOPLE.values()
        if person.organisation == office.id and person.post in _ROLES
    )


def _staff(password_hash: str) -> list[dict[str, str]]:
    return [
        {
            "iin": str(person.iin),
            "name": person.full_name_kk,
            "office": person.organisation or "",
            "role": _ROLES[person.post].value,
            "password_hash": password_hash,
        }
        for person in staff_of_desk()
        if person.post is not None
    ]


def operators() -> tuple[CastPerson, ...]:
    """Return who works at the windows of the State Corporation, department by department."""
    return tuple(person for person in PEOPLE.values() if person.post in (Post.OPERATOR, Post.SUPERVISOR))


def _operators(password_hash: str) -> list[dict[str, str]]:
    return [
        {
            "iin": str(person.iin),
            "name": person.full_name_kk,
            "department": person.department or "",
            "role": person.post.value,
            "password_hash": password_hash,
        }
        for person in operators()
        if person.post is not None
    ]


def _write(installation: Installation, name: str, content: Any) -> str:
    file = installation.folder / name
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return str(file)
