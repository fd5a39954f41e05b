"""What the posts of those who sign a result are called."""

from __future__ import annotations

from gateway.catalogue.terms import Body, Role
from gateway.results.document import DocumentSigner
from gateway.texts import Language, Text

_AKIM = Text("Әкім", "Аким", "Akim")
_CHAIR = Text("Комиссия төрағасы", "Председатель комиссии", "Chair of the commission")
_HEADS = {
    Body.RURAL_AKIM: _AKIM,
    Body.DISTRICT_AKIM: _AKIM,
    Body.COMMISSION: _CHAIR,
    Body.PRECINCT_COMMISSION: _CHAIR,
}
"""Who heads a body that is not the provider: the acts name the akims by their post."""
_POSTS = {
    Role.HEAD: Text("Басшы", "Руководитель", "Head"),
    Role.EXECUTOR: Text("Жауапты орындаушы", "Ответственный исполнитель", "Responsible executor"),
    Role.CLERK: Text("Кеңсе қызметкері", "Сотрудник канцелярии", "Clerk"),
    Role.COMMISSION: Text("Комиссия мүшесі", "Член комиссии", "Member of the commission"),
}


def post(signer: DocumentSigner) -> Text:
    """Return the post in which an official signs."""
    if signer.role is Role.HEAD and signer.body in _HEADS:
        return _HEADS[signer.body]
    return _POSTS[signer.role]


def signer_in_words(signer: DocumentSigner, language: Language) -> str:
    """Return the post and, behind it, the office, whose name there is in Kazakh and Russian only."""
    name = signer.office.name
    return f"{post(signer).to(language)}, {name.kk if language is Language.KK else name.ru}"
