"""One settings model for every process, from a file and the environment.

Every field can be given as `QYZMET_<FIELD>`, nested ones with two underscores (`QYZMET_CHANNELS__PORT`), or in a YAML
file named by `QYZMET_CONFIG`; the environment wins. `qyzmet up` writes such a file for its own processes.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

Port = Annotated[int, Field(ge=0, le=65535)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SystemKey(_Part):
    """The key of an information system (ЭҮШ participant): PKCS#12 and its password."""

    file: Path
    password: SecretStr


class GatewayConnection(_Part):
    """One gateway (ЭҮШ or a ЭҮӨШ) that a participant is attached to."""

    sync_url: str
    async_url: str
    certificate: Path
    """The gateway's transport certificate: its answers name it by issuer and serial number only."""
    pull: tuple[str, ...] = ()
    """Services whose messages are fetched from this gateway; it pushes those of the others."""
    pull_interval: timedelta = timedelta(seconds=10)
    """How often to ask for them, in real time."""


class JournalReader(_Part):
    """A person who may read the message log."""

    role: Literal["support", "auditor", "custodian"]
    password: SecretStr
    """Its argon2id hash, as `qyzmet journal password` makes it."""


class TrustSettings(_Part):
    """Which certificates are believed, and how old a word on their revocation may be."""

    anchors: Path
    """Folder of certificates: self-signed ones are trusted, the others are known issuers."""
    revocation_profile: Literal["lenient", "standard", "strict"] = "standard"
    """The rules that hold where nothing else is set here."""
    revocation_order: Literal["ocsp-first", "crl-first"] = "ocsp-first"
    revocation_freshness: timedelta | None = None
    """How old an OCSP answer may be; as the profile says when not given, and so below."""
    revocation_reuse: timedelta | None = None
    """How long an OCSP answer is used again without asking anew."""
    crl_freshness: timedelta | None = None
    """How old the newest of base and delta list may be."""
    authority_crl_freshness: timedelta | None = None
    """The same for lists about authorities."""
    crl_reuse: timedelta | None = None
    """How long a list is used again without fetching it anew."""
    cache: Path | None = None
    """Folder of fetched lists, for all processes of the machine; without it each process keeps its own in memory."""
    tsa_url: str | None = None
    """Where time stamps over accepted signatures are taken; without it signatures are kept without."""
    tsa_policy: str | None = None
    """The policy (OID) that time stamps are asked for; the authority's own choice when not given."""
    timeout: timedelta = timedelta(seconds=5)


class Participant(_Part):
    """What channels and desk have in common: each is a participant of ЭҮШ with its own key and database."""

    database_url: SecretStr
    database_schema: str
    host: str = "127.0.0.1"
    port: Port
    public_url: str
    sender_id: str
    sender_password: SecretStr
    key: SystemKey
    gateways: dict[str, GatewayConnection]
    home_gateway: str
    """The gateway through which this participant asks its questions."""
    storage_password: SecretStr
    """The participant's password at the temporary store."""
    ncalayer_url: str = "wss://127.0.0.1:13579"
    ncalayer_window_url: str | None = None
    """Only the simulated NCALayer has a window in the browser."""
    ncalayer_any_chain: bool = False
    """Let NCALayer offer certificates of other issuers than the live НУЦ."""
    worker: bool = True
    """Do the jobs in this process too."""
    heartbeat_timeout: timedelta = timedelta(seconds=10)
    """How long a silent worker's jobs stay its own (real time)."""
    reuse_port: bool = False
    """Let several processes listen on the same port, one a core."""
    person_key: SecretStr
    """Key of the hash by which a person is found in the journal."""
    journal_keys: Annotated[tuple[SecretStr, ...], Field(min_length=1)]
    """Keys that seal message bodies, each 32 bytes in base64: the first seals, all open."""
    journal_retention: timedelta = timedelta(days=1096)
    """How long the message log keeps a line: three years, a leap day included."""
    payload_retention: timedelta = timedelta(days=30)
    """How long the payload of a message is kept after it was handled or handed over."""
    readers: dict[str, JournalReader] = {}
    """Who may read the message log, by name."""


class Registries(_Part):
    """Whose officials certify the state databases' answers, and how we are called there."""

    gbdfl_owner: str
    """BIN of the owner of ГБД ФЛ."""
    gbdul_owner: str
    """BIN of the owner of ГБД ЮЛ."""
    enis_owner: str | None = None
    """BIN of the owner of БНАЖ (ЕНИС); without it no power of attorney is looked up."""
    sender_code: str = "QYZMET_DESK"
    requestor: str
    """BIN of the organisation that asks."""


class Arm(_Part):
    """The operator's workplace (АЖО) of the State Corporation: a site of its own beside the portal."""

    host: str = "127.0.0.1"
    port: Port = 8081
    public_url: str
    staff: Path | None = None
    """Operators to make or bring up to date at start (YAML; a password counts for a new account only)."""
    lock_after: timedelta = timedelta(minutes=10)
    """How long a workplace may stand idle before it asks for the password again (real time)."""


class Channels(Participant):
    """The portal, and the State Corporation's workplace where there is one."""

    database_schema: str = "channels"
    port: Port = 8080
    sender_id: str = "QYZMET_PORTAL"
    hold_limit: timedelta = timedelta(hours=24)
    """How long a signed application waits for a certificate status that cannot be established."""
    draft_retention: timedelta = timedelta(days=30)
    """How long a draft of the portal or of a window is kept, with its documents, after its last change."""
    registries: Registries | None = None
    """By whom the state databases' answers are certified; without it the portal proposes no office."""
    arm: Arm | None = None
    """The State Corporation's workplace; without it there is none."""


class Desk(Participant):
    """The provider's workplace."""

    database_schema: str = "desk"
    port: Port = 8090
    sender_id: str = "QYZMET_DESK"
    registries: Registries
    verification_url: str
    """The portal's address, which every result names for its verification."""
    staff: Path | None = None
    """Accounts to make or bring up to date at start (YAML; a password counts for a new account only)."""
    lock_after: timedelta = timedelta(minutes=10)
    """How long the screen of a counter may stand idle before it asks for the password again (real time)."""
    entry_retention: timedelta = timedelta(days=30)
    """How long a counter's unfinished entry is kept, with its scans, after its last change."""


class Checks(_Part):
    """The checks over HTTP, for programs: NCANode's contract and our own."""

    host: str = "127.0.0.1"
    port: Port = 14579
    reuse_port: bool = False
    """Let several processes listen on the same port, one a core."""
    signing: bool = False
    """Offer the endpoints that sign; keys and passwords then come in the requests."""
    hosts: frozenset[str] = frozenset()
    """Further names by which the site is called; with any given, no other Host is served."""
    origins: frozenset[str] = frozenset()
    """Origins whose pages may ask (CORS); `*` for all."""
    always_ask: bool = True
    """Ask about revocation also when the client names no source."""
    authentication_keys: bool = False
    """Whether a document that was signed with a key for authentication only is good."""
    max_body: Annotated[int, Field(ge=64 * 1024, le=256 * 1024 * 1024)] = 32 * 1024 * 1024
    """The largest request, in bytes."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    """How many requests are worked on at once."""


class Settings(BaseSettings):
    """Everything that a process needs to know."""

    model_config = SettingsConfigDict(
        env_prefix="QYZMET_", env_nested_delimiter="__", extra="ignore", frozen=True, validate_default=True
    )

    simulation: bool = False
    """Show the permanent SIMULATION banner."""
    clock_url: str | None = None
    """Follow this clock service; real time without it."""
    trust: TrustSettings | None = None
    channels: Channels | None = None
    desk: Desk | None = None
    checks: Checks | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a .env file of the working folder is no source
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file that `QYZMET_CONFIG` names."""
        sources = (init_settings, env_settings, file_secret_settings)
        path = os.environ.get("QYZMET_CONFIG")
        return (*sources, YamlConfigSettingsSource(settings_cls, yaml_file=path)) if path else sources
