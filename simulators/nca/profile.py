"""The declarative profile (`certs/nca.yaml`) as a strict model."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from simulators.nca.errors import HolderRefused, ProfileInvalid, UnknownChain, UnknownTemplate

Oid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]{0,8})){1,15}$")]
ChainName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,20}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=256)]
TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,40}-[a-z_]{1,20}$")]


class AlgorithmName(StrEnum):
    """The key algorithms that a chain may have."""

    GOST = "gost"
    """GOST 34.10-2015 of 512 bits with Streebog-512."""
    RSA = "rsa"


class DigestName(StrEnum):
    """The hash functions of which time stamps are given."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"
    STREEBOG512 = "streebog512"
    GOST34311 = "gost34311"


class SubjectField(StrEnum):
    """The parts of a subject, in the words of the register rather than of X.500."""

    COMMON_NAME = "common_name"
    SURNAME = "surname"
    IIN = "iin"
    COUNTRY = "country"
    PATRONYMIC = "patronymic"
    ORGANISATION = "organisation"
    BIN = "bin"
    EMAIL = "email"


class KeyUsage(StrEnum):
    """Key usages (RFC 5280 section 4.2.1.3), named as asn1crypto names them."""

    DIGITAL_SIGNATURE = "digital_signature"
    NON_REPUDIATION = "non_repudiation"
    KEY_ENCIPHERMENT = "key_encipherment"
    KEY_AGREEMENT = "key_agreement"


class ExtendedUsage(StrEnum):
    """Extended key usages of RFC 5280 section 4.2.1.12 and RFC 6960 section 4.2.2.2."""

    SERVER_AUTH = "server_auth"
    CLIENT_AUTH = "client_auth"
    EMAIL_PROTECTION = "email_protection"
    TIME_STAMPING = "time_stamping"
    OCSP_SIGNING = "ocsp_signing"

    @property
    def oid(self) -> str:
        """The usage's OID under id-kp."""
        return f"1.3.6.1.5.5.7.3.{_KEY_PURPOSES[self]}"


_KEY_PURPOSES = {
    ExtendedUsage.SERVER_AUTH: 1,
    ExtendedUsage.CLIENT_AUTH: 2,
    ExtendedUsage.EMAIL_PROTECTION: 4,
    ExtendedUsage.TIME_STAMPING: 8,
    ExtendedUsage.OCSP_SIGNING: 9,
}


class DeltaNumbering(StrEnum):
    """How delta lists are numbered."""

    SHARED = "shared"
    OWN = "own"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Policy(_Strict):
    """A certificate policy with its qualifiers."""

    oid: Oid
    cps: Words
    notice: Words | None = None


class KeyBits(_Strict):
    """Sizes of RSA keys in bits; GOST keys have one size."""

    authority: Literal[2048, 3072, 4096]
    holder: Literal[2048, 3072, 4096]


class AuthorityProfile(_Strict):
    """The root or the issuing authority."""

    common_name: Words
    file: FileName
    delta_file: FileName | None = None
    not_before: AwareDatetime
    not_after: AwareDatetime
    path_length: Literal[0] | None = None
    policy: Policy


class CrlProfile(_Strict):
    """How revocation lists are published."""

    full_valid_days: int = Field(gt=0, le=3650)
    delta_valid_days: int = Field(gt=0, le=3650)
    publish_every_hours: int = Field(gt=0, le=24 * 365)
    base_every_hours: int = Field(gt=0, le=24 * 365)
    delta_numbering: DeltaNumbering


class ServiceSubject(_Strict):
    """The subject of a responder of the НУЦ itself."""

    common_name: Words
    organisation: Words


class OcspProfile(_Strict):
    """The OCSP responder."""

    template: TemplateName
    subject: ServiceSubject


class TsaProfile(_Strict):
    """The time-stamping authority of a chain.

    A request that names `policy` may have any of `digests`; one that names none comes here by its hash when that is
    among `without_policy`.
    """

    template: TemplateName
    subject: ServiceSubject
    policy: Oid
    digests: frozenset[DigestName] = Field(min_length=1)
    without_policy: frozenset[DigestName]


class Template(_Strict):
    """What a certificate of one kind and purpose says."""

    subject: tuple[SubjectField, ...] = Field(min_length=1)
    optional: frozenset[SubjectField] = frozenset()
    key_usage: tuple[KeyUsage, ...] = ()
    extended_usages: tuple[ExtendedUsage, ...] = ()
    extended_usages_critical: bool = False
    roles: tuple[str, ...] = ()
    policy: Policy | None = None
    alternative_names: bool = False
    ocsp_no_check: bool = False
    pointers: bool = True
    """Whether the certificate says where its status and its issuer are found."""
    serves: tuple[str, ...] = ()
    """Other purposes that the same key serves: whoever asks for a key of these gets this one."""
    validity_days: int = Field(gt=0, le=3650)
    real_time: bool = False


class Generation(IntEnum):
    """The years in which the real НУЦ changed how its certificates are laid out."""

    OF_2018 = 2018
    """Random serial numbers; the usages first, the pointers last."""
    OF_2022 = 2022
    """Serial numbers taken from the key, other places of the extensions, and 1.2.398.3.3.5 (where the key is kept)."""


class ChainProfile(_Strict):
    """One chain: root, issuing authority, responders, and what it issues."""

    algorithm: AlgorithmName
    generation: Generation
    root: AuthorityProfile
    issuing: AuthorityProfile
    ocsp: OcspProfile
    tsa: TsaProfile
    templates: dict[TemplateName, Template]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for service in (self.ocsp, self.tsa):
            if service.template not in self.templates:
                raise ValueError(f"there is no template {service.template}")
        for authority in (self.root, self.issuing):
            if authority.not_before >= authority.not_after:
                raise ValueError(f"the validity period of {authority.file} is empty")
        if self.issuing.delta_file is None or self.root.delta_file is not None:
            raise ValueError("the issuing authority has a delta list and the root has none")
        if self.issuing.not_after > self.root.not_after:
            raise ValueError("the issuing authority outlives the root")
        if not self.tsa.without_policy <= self.tsa.digests:
            raise ValueError("the time-stamping authority is asked for hashes that it does not accept")
        return self

    def template(self, name: str) -> Template:
        """Return the template called `name`; raises `UnknownTemplate`."""
        try:
            return self.templates[name]
        except KeyError:
            raise UnknownTemplate(template=name) from None

    @cached_property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """The kinds of holder with the purposes of their keys, read off the names of the templates."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.templates:
            if name in (self.ocsp.template, self.tsa.template):
                continue
            kind, purpose = name.split("-")
            found[kind] = (*found.get(kind, ()), purpose)
        return found

    def serving(self, kind: str, purpose: str) -> str | None:
        """Return the purpose of the key by which a kind of holder does what `purpose` says; None without such a key."""
        purposes = self.kinds.get(kind, ())
        if purpose in purposes:
            return purpose
        return next((one for one in purposes if purpose in self.templates[f"{kind}-{one}"].serves), None)


class Profile(_Strict):
    """The whole profile; of several chains that know a kind of holder the first one issues to it unless asked."""

    version: Literal[2]
    key_bits: KeyBits
    crl: CrlProfile
    roles: dict[str, Oid]
    chains: dict[ChainName, ChainProfile] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        files: list[str | None] = []
        digests: list[DigestName] = []
        for chain in self.chains.values():
            for name, template in chain.templates.items():
                if unknown := set(template.roles) - set(self.roles):
                    raise ValueError(f"template {name} has unknown roles: {', '.join(sorted(unknown))}")
            files += [chain.root.file, chain.issuing.file, chain.issuing.delta_file]
            digests += chain.tsa.without_policy
        if len(set(files)) < len(files):
            raise ValueError("two lists or certificates have one name")
        if len(set(digests)) < len(digests):
            raise ValueError("two time-stamping authorities answer for one hash when no policy is named")
        if len({chain.tsa.policy for chain in self.chains.values()}) < len(self.chains):
            raise ValueError("two time-stamping authorities have one policy")
        return self

    @classmethod
    def read(cls, path: Path) -> Profile:
        """Read the YAML file at `path`; raises `ProfileInvalid`."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
            raise ProfileInvalid(path=str(path), reason=str(error)) from error

    @classmethod
    def default(cls) -> Profile:
        """Read the profile that comes with the project: `certs/` of a checkout, or the copy inside the wheel."""
        simulators = Path(__file__).resolve().parents[1]
        checkout = simulators.parent / "certs" / "nca.yaml"
        return cls.read(checkout if checkout.is_file() else simulators / "certs" / "nca.yaml")

    def chain(self, name: str) -> ChainProfile:
        """Return the chain called `name`; raises `UnknownChain`."""
        try:
            return self.chains[name]
        except KeyError:
            raise UnknownChain(chain=name[:61], chains=sorted(self.chains)) from None

    def chain_of_template(self, template: str) -> str:
        """Return the first chain that has the template; raises `UnknownTemplate`."""
        for name, chain in self.chains.items():
            if template in chain.templates:
                return name
        raise UnknownTemplate(template=template)

    def chain_of_kind(self, kind: str) -> str:
        """Return the first chain that issues to this kind of holder; raises `HolderRefused`."""
        for name, chain in self.chains.items():
            if kind in chain.kinds:
                return name
        kinds = sorted({kind for chain in self.chains.values() for kind in chain.kinds})
        raise HolderRefused(field="kind", reason="not in the profile", kinds=kinds)


def utc_second(moment: datetime) -> datetime:
    """Return `moment` without its fraction of a second, which certificates cannot say."""
    return moment.replace(microsecond=0)
