"""The consent that GBDFLUniversal_token wants: what its judge may say, and how the registry answers to that."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from simulators.population import Entry


class ConsentVerdict(StrEnum):
    """What a consent token is worth to a question. The codes of `messageResult` are our invention."""

    GOOD = "good"
    NOT_GENUINE = "not-genuine"
    EXPIRED = "expired"
    OTHER_SERVICE = "other-service"
    OTHER_COMPANY = "other-company"
    OTHER_PERSON = "other-person"
    REVOKED = "revoked"


class ConsentJudge(Protocol):
    """Says what a token is worth: КДП, which has issued it, or nobody."""

    async def judge(self, token: str, public_key: str, *, sender_id: str, uins: frozenset[str]) -> ConsentVerdict:
        """Judge a token that `sender_id` showed to learn about the people `uins`, who are none when nobody is found."""


REFUSALS = {
    ConsentVerdict.NOT_GENUINE: Entry("00010", "Токен согласия недействителен", "Келісім токені жарамсыз"),
    ConsentVerdict.EXPIRED: Entry("00011", "Срок действия согласия истёк", "Келісімнің қолданылу мерзімі өтіп кеткен"),
    ConsentVerdict.OTHER_SERVICE: Entry(
        "00012", "Согласие дано для другого сервиса", "Келісім басқа сервиске берілген"
    ),
    ConsentVerdict.OTHER_COMPANY: Entry("00013", "Согласие дано другой организации", "Келісім басқа ұйымға берілген"),
    ConsentVerdict.OTHER_PERSON: Entry("00014", "Согласие дано другим лицом", "Келісімді басқа тұлға берген"),
    ConsentVerdict.REVOKED: Entry("00015", "Согласие отозвано", "Келісім кері қайтарып алынған"),
}
"""`messageResult` of a question that was refused for its token; signed as any other answer, without `persons`."""
