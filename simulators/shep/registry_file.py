"""The registry as a file for people: written with a word about each part, and left alone once somebody edited it.

The first line holds a digest of the rest. While it agrees, the file is still what was written, and is written anew when
keys or addresses have changed. A file that was edited is used as it is; what would have been written is then put beside
it, as `<name>.new`. To have the file written again, delete it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Final

import yaml

from simulators.shep.config import GatewayConfig, load_config

_MARK: Final = "# written by qyzmet, digest "
_HEAD: Final = """\
# The registry of a simulated gateway: docs/reference/shep-simulator.md says what each field means.
# Edit it and start the gateway again. Delete it to have it written anew.
# Changes made through the admin API lie over this file; DELETE /admin/registry/changes undoes them.
"""
_WORDS: Final = {
    "name": "The gateway, and where the numbers that it issues begin (each gateway has a range of its own).",
    "mode": "strict: what the XSD does not allow is refused. lenient: what clients in the wild send is read.",
    "answers_kept": "How long a synchronous question that is repeated has its first answer.",
    "delivery": "A message that was not taken: waits grow from `first` to `longest`, until `limit`.",
    "systems": "Who may come. password_sha256: printf 'the password' | sha256sum. certificate: bin, serial (hex) or\n"
    "# sha256 of the certificate, all that are given must agree. push_url: where messages are pushed to; without it\n"
    "# (or with delivery: pull) the system fetches them. sync_url: where its services answer.",
    "peers": "Other gateways, by their whole certificates: they sign by issuer and serial number only.",
    "services": "channel: sync or async. owner: the system or peer that answers. Also: timeout_seconds, max_bytes,\n"
    "# transport_signature, provider_signature, business_signature (required or optional).",
    "rights": "Which services a system may ask.",
    "routes": "Where messages with a routeId go: a system or a peer.",
}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and lists inside maps indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def written(config: GatewayConfig) -> str:
    """Return the registry as the file has it; what is as usual is left out."""
    parts: dict[str, Any] = config.model_dump(mode="json", exclude_defaults=True)
    usual: dict[str, Any] = config.model_dump(mode="json", include={"name", "number_base", "mode"})
    sections = []
    for name in GatewayConfig.model_fields:
        value = usual.get(name, parts.get(name))
        if value is None:
            continue
        words = _WORDS.get(name)
        remark = f"\n# {words}\n" if words else ""
        sections.append(
            remark + yaml.dump({name: value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
        )
    text = _HEAD + "".join(sections)
    return f"{_MARK}{_digest(text)}\n{text}"


def is_as_written(text: str) -> bool:
    """Whether nobody has edited the file since it was written."""
    mark, _, rest = text.partition("\n")
    return mark == f"{_MARK}{_digest(rest)}"


def registry_at(path: Path, config: GatewayConfig) -> GatewayConfig:
    """Return the registry of the file, which is written when it is absent or nobody has edited it.

    Raises `ValueError` for a file that is no registry, `OSError` for one that cannot be read.
    """
    new = written(config)
    beside = path.with_name(f"{path.name}.new")
    standing = path.read_text(encoding="utf-8") if path.exists() else None
    if standing is None or is_as_written(standing):
        if standing != new:
            _write(path, new)
        beside.unlink(missing_ok=True)
    else:
        _write(beside, new)
    return load_config(path)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner only: it has hashes of passwords."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(path)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
