"""An installation made when the НУЦ had one chain, RSA: it starts, keeps what it had, and gets the GOST chain."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.identity.numbers import Iin
from gateway.store import Store, migrate
from simulators.nca import Authority, CertificateStatus, Holder, Profile, Reason, Subject
from simulators.nca import authority as nca
from simulators.nca.certificates import Serial
from simulators.nca.ledger import AuthorityName, Issuer

URL = "http://127.0.0.1:8110/nca"
AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
OLD_TABLES = ("authority", "certificate", "status_change", "holder", "key_store", "responder")


@pytest.fixture
async def old(
    store: Store, new_store: Callable[..., Awaitable[Store]], profile: Profile, keys_folder: Path, tmp_path: Path
) -> tuple[Store, Path, dict[str, str]]:
    """A schema of the first revision and a folder of keys as they were left, with a key store and a revocation."""
    authority = await Authority.open(store, profile, keys_folder, URL)
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    kept = await authority.holders.key_store("aigul", "sign")
    revoked = await authority.holders.key_store("aigul", "auth")
    await authority.revoke(revoked.serial, Reason.KEY_COMPROMISE)

    room, before = nca.MIGRATIONS.parent, tmp_path / "before"
    (before / "migrations").mkdir(parents=True)
    shutil.copytree(room / "sql", before / "sql")
    shutil.copy(room / "migrations" / "0001_ledger.py", before / "migrations")
    made = await new_store("nca")
    await migrate(made.database, before / "migrations")
    for table in OLD_TABLES:
        for row in await store.database.fetch(f"SELECT * FROM {table}"):
            values = dict(row)
            values.pop("chain", None)
            names = {name: values[name] for name in ("name", "issuer") if name in values}
            if any(str(value).startswith("gost") for value in names.values()):
                continue
            values |= {name: value.removeprefix("rsa-") for name, value in names.items()}
            columns, marks = ", ".join(values), ", ".join(f"${place}" for place in range(1, len(values) + 1))
            overriding = "OVERRIDING SYSTEM VALUE" if table == "status_change" else ""
            await made.database.execute(
                f"INSERT INTO {table} ({columns}) {overriding} VALUES ({marks})", *values.values()
            )
    keys = tmp_path / "old keys"
    shutil.copytree(keys_folder / "rsa", keys)
    return made, keys, {"kept": kept.serial, "revoked": revoked.serial}


async def test_an_old_installation_keeps_its_chain_people_and_statuses_and_gets_the_gost_chain(
    old: tuple[Store, Path, dict[str, str]], store: Store, profile: Profile, clock: ManualClock
) -> None:
    made, keys, serials = old
    again = await Authority.open(made, profile, keys, URL)
    before = await store.database.fetch("SELECT name, certificate FROM authority WHERE name LIKE 'rsa-%'")
    assert {row["name"]: row["certificate"] for row in before} == {
        "rsa-root": again.chains["rsa"].root.certificate,
        "rsa-issuing": again.chains["rsa"].issuing.certificate,
    }
    assert sorted(file.name for file in keys.iterdir()) == ["gost", "rsa"]

    await again.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12"))
    assert (await again.holders.get("aigul")).chain == "rsa"
    assert (await again.holders.key_store("aigul", "sign")).serial == serials["kept"]
    known = (await again.ledger.get(Serial(serials["revoked"]))).known
    assert (known.status, known.reason) == (CertificateStatus.REVOKED, Reason.KEY_COMPROMISE)
    await again.publication.publish(Issuer("rsa", AuthorityName.ISSUING))

    await again.holders.enrol(Holder("newcomer", "individual", AIGUL, "Qwerty12"))
    assert (await again.holders.get("newcomer")).chain == "gost"
