"""The closed list of what a check of an ЭЦҚ can come to, with its status, text and advice in three languages.

One table by design: the reference page, the API and the tests read it row by row.

Long because it is one thing: the closed list, each code beside what a person is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.texts import Text


class Status(StrEnum):
    """The three values of a verdict; `UNDETERMINED` is neither acceptance nor refusal."""

    VALID = "valid"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"


class Code(StrEnum):
    """A stable machine code; a code is never renamed or given another meaning."""

    OK = "ok"
    # what was given cannot be read
    XML_MALFORMED = "xml-malformed"
    XML_TOO_LARGE = "xml-too-large"
    XML_TOO_COMPLEX = "xml-too-complex"
    XML_DOCTYPE = "xml-doctype"
    XML_ENCODING = "xml-encoding"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    KEY_UNREADABLE = "key-unreadable"
    KEY_PASSWORD_WRONG = "key-password-wrong"  # noqa: S105 - a code, not a password
    EVIDENCE_UNREADABLE = "evidence-unreadable"
    CMS_UNREADABLE = "cms-unreadable"
    CONTENT_MISSING = "content-missing"
    # the form of the signature
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_MISPLACED = "signature-misplaced"
    SIGNATURES_TOO_MANY = "signatures-too-many"
    SIGNATURES_TOO_FEW = "signatures-too-few"
    SIGNATURE_FORM = "signature-form"
    CMS_FORM = "cms-form"
    ENVELOPE_FORM = "envelope-form"
    REFERENCE_REFUSED = "reference-refused"
    TRANSFORM_REFUSED = "transform-refused"
    CANONICALISATION_REFUSED = "canonicalisation-refused"
    ALGORITHM_UNKNOWN = "algorithm-unknown"
    ALGORITHM_WEAK = "algorithm-weak"
    ALGORITHM_MISMATCH = "algorithm-mismatch"
    HASH_TOO_SLOW = "hash-too-slow"
    IDS_NOT_UNIQUE = "ids-not-unique"
    BODY_NOT_COVERED = "body-not-covered"
    KEY_REFERENCE_REFUSED = "key-reference-refused"
    SIGNER_CERTIFICATE_UNKNOWN = "signer-certificate-unknown"
    # the signature itself
    SIGNATURE_BROKEN = "signature-broken"
    DIGEST_MISMATCH = "digest-mismatch"
    # the certificate and its path
    ISSUER_UNKNOWN = "issuer-unknown"
    PATH_REFUSED = "path-refused"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_EXPIRED = "certificate-expired"
    ISSUER_EXPIRED = "issuer-expired"
    # revocation
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_ON_HOLD = "certificate-on-hold"
    CERTIFICATE_NOT_KNOWN_TO_ISSUER = "certificate-not-known-to-issuer"
    ISSUER_REVOKED = "issuer-revoked"
    REVOCATION_UNAVAILABLE = "revocation-unavailable"
    REVOCATION_STALE = "revocation-stale"
    REVOCATION_FORGED = "revocation-forged"
    CRL_EXPIRED = "crl-expired"
    # the time stamp
    TIMESTAMP_REFUSED = "timestamp-refused"
    TIMESTAMP_AHEAD = "timestamp-ahead"
    TIMESTAMP_UNTRUSTED = "timestamp-untrusted"
    TIMESTAMP_UNAVAILABLE = "timestamp-unavailable"
    # who signed, and may they
    SIGNER_NOT_IIN = "signer-not-iin"
    SIGNER_NOT_BIN = "signer-not-bin"
    ROLE_NOT_FIT = "role-not-fit"
    KEY_NOT_FOR_SIGNING = "key-not-for-signing"
    KEY_NOT_FOR_AUTHENTICATION = "key-not-for-authentication"
    POLICY_NOT_FIT = "policy-not-fit"
    NOT_THE_CHOSEN_CERTIFICATE = "not-the-chosen-certificate"
    DOCUMENT_NOT_AS_SHOWN = "document-not-as-shown"
    SIGNER_TWICE = "signer-twice"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of the reference: the status a code stands for, what it says and what to do."""

    status: Status
    text: Text
    advice: Text


_SIGN_AGAIN = Text(
    "Құжатты қайтадан қол қойып жіберіңіз.",
    "Подпишите документ заново и отправьте ещё раз.",
    "Sign the document again and send it once more.",
)
_TRY_LATER = Text(
    "Біраз уақыттан кейін қайталап көріңіз: тексеру аяқталған жоқ, құжат қабылданған да, қабылданбаған да жоқ.",
    "Повторите попытку позже: проверка не завершена, документ не принят и не отклонён.",
    "Try again later: the check is not finished, the document is neither accepted nor refused.",
)
_NEW_CERTIFICATE = Text(
    "Ұлттық куәландырушы орталықтан жаңа тіркеу куәлігін алыңыз: pki.gov.kz.",
    "Получите новое регистрационное свидетельство в Национальном удостоверяющем центре: pki.gov.kz.",
    "Get a new certificate from the National Certification Authority: pki.gov.kz.",
)
_OTHER_KEY = Text(
    "Қол қою үшін басқа кілтті таңдаңыз.",
    "Выберите для подписи другой ключ.",
    "Choose another key to sign with.",
)
_STANDARD_SOFTWARE = Text(
    "Құжатқа NCALayer бағдарламасымен немесе соған үйлесімді бағдарламамен қол қойыңыз.",
    "Подпишите документ программой NCALayer или совместимой с ней.",
    "Sign the document with NCALayer or a program compatible with it.",
)
_CORRECT_FILE = Text(
    "Файлдың бүлінбегенін тексеріп, оны қайта жіберіңіз.",
    "Проверьте, что файл не повреждён, и отправьте его снова.",
    "Check that the file is not damaged and send it again.",
)


def _row(status: Status, kk: str, ru: str, en: str, advice: Text) -> CodeRow:
    return CodeRow(status, Text(kk, ru, en), advice)


_INVALID = Status.INVALID
_UNDETERMINED = Status.UNDETERMINED

ROWS: dict[Code, CodeRow] = {
    Code.OK: _row(
        Status.VALID,
        "Қолтаңба жарамды.",
        "Подпись действительна.",
        "The signature is valid.",
        Text("Ешқандай әрекет қажет емес.", "Никаких действий не требуется.", "Nothing needs to be done."),
    ),
    Code.XML_MALFORMED: _row(
        _INVALID,
        "Құжат дұрыс XML емес.",
        "Документ не является правильным XML.",
        "The document is not well-formed XML.",
        _CORRECT_FILE,
    ),
    Code.XML_TOO_LARGE: _row(
        _INVALID,
        "Құжат тым үлкен.",
        "Документ слишком велик.",
        "The document is too large.",
        Text(
            "Құжаттың көлемін азайтыңыз немесе үлкен файлдарды бөлек тіркеңіз.",
            "Уменьшите документ или приложите большие файлы отдельно.",
            "Make the document smaller or attach large files separately.",
        ),
    ),
    Code.XML_TOO_COMPLEX: _row(
        _INVALID,
        "Құжаттың құрылымы тым күрделі.",
        "Структура документа слишком сложна.",
        "The document's structure is too complex.",
        _STANDARD_SOFTWARE,
    ),
    Code.XML_DOCTYPE: _row(
        _INVALID,
        "Құжатта тыйым салынған DOCTYPE сипаттамасы бар.",
        "Документ содержит запрещённое описание DOCTYPE.",
        "The document holds a DOCTYPE, which is forbidden.",
        _STANDARD_SOFTWARE,
    ),
    Code.XML_ENCODING: _row(
        _INVALID,
        "Құжаттың кодталуы қолданылмайды.",
        "Кодировка документа не поддерживается.",
        "The document's encoding is not supported.",
        Text(
            "Құжатты UTF-8 кодталуымен сақтаңыз.",
            "Сохраните документ в кодировке UTF-8.",
            "Save the document as UTF-8.",
        ),
    ),
    Code.CERTIFICATE_UNREADABLE: _row(
        _INVALID,
        "Тіркеу куәлігін оқу мүмкін емес.",
        "Регистрационное свидетельство невозможно прочитать.",
        "The certificate cannot be read.",
        _NEW_CERTIFICATE,
    ),
    Code.KEY_UNREADABLE: _row(
        _INVALID,
        "Кілт файлын оқу мүмкін емес.",
        "Файл ключа невозможно прочитать.",
        "The key file cannot be read.",
        Text(
            "Ұлттық куәландырушы орталық берген .p12 файлын таңдаңыз.",
            "Выберите файл .p12, выданный Национальным удостоверяющим центром.",
            "Choose the .p12 file that the National Certification Authority issued.",
        ),
    ),
    Code.KEY_PASSWORD_WRONG: _row(
        _INVALID,
        "Кілттің құпиясөзі қате.",
        "Неверный пароль ключа.",
        "The key's password is wrong.",
        Text(
            "Құпиясөзді тексеріп, қайта енгізіңіз.",
            "Проверьте пароль и введите его снова.",
            "Check the password and type it again.",
        ),
    ),
    Code.EVIDENCE_UNREADABLE: _row(
        _INVALID,
        "Қоса сақталған дәлелдерді оқу мүмкін емес.",
        "Приложенные доказательства невозможно прочитать.",
        "The evidence kept with the signature cannot be read.",
        _CORRECT_FILE,
    ),
    Code.CMS_UNREADABLE: _row(
        _INVALID,
        "Файл CMS пішіміндегі қолтаңба емес.",
        "Файл не является подписью в формате CMS.",
        "The file is not a signature in CMS format.",
        _CORRECT_FILE,
    ),
    Code.CONTENT_MISSING: _row(
        _UNDETERMINED,
        "Қолтаңба құжаттан бөлек сақталған, ал құжаттың өзі берілмеген.",
        "Подпись хранится отдельно от документа, а сам документ не передан.",
        "The signature is kept apart from the document, and the document was not given.",
        Text(
            "Қолтаңбамен бірге қол қойылған құжатты да беріңіз.",
            "Передайте вместе с подписью и подписанный документ.",
            "Give the signed document together with the signature.",
        ),
    ),
    Code.SIGNATURE_MISSING: _row(
        _INVALID,
        "Құжатқа қол қойылмаған.",
        "Документ не подписан.",
        "The document is not signed.",
        Text("Құжатқа ЭЦҚ-мен қол қойыңыз.", "Подпишите документ ЭЦП.", "Sign the document with your ЭЦҚ."),
    ),
    Code.SIGNATURE_MISPLACED: _row(
        _INVALID,
        "Қолтаңба құжаттың тиісті орнында тұрған жоқ.",
        "Подпись стоит не на своём месте в документе.",
        "The signature does not stand where it should in the document.",
        _STANDARD_SOFTWARE,
    ),
    Code.SIGNATURES_TOO_MANY: _row(
        _INVALID,
        "Құжатта қолтаңба саны күтілгеннен көп.",
        "В документе больше подписей, чем ожидалось.",
        "The document has more signatures than expected.",
        _SIGN_AGAIN,
    ),
    Code.SIGNATURES_TOO_FEW: _row(
        _INVALID,
        "Құжатқа қол қоюға тиіс тұлғалардың бәрі қол қоймаған.",
        "Документ подписали не все, кто должен его подписать.",
        "Not everybody who must sign the document has signed it.",
        Text(
            "Құжатқа жетіспейтін қолтаңбаларды белгіленген тәртіппен қойғызыңыз.",
            "Получите недостающие подписи в установленном порядке.",
            "Have the missing signatures put, in the order that is laid down.",
        ),
    ),
    Code.SIGNATURE_FORM: _row(
        _INVALID,
        "Қолтаңбаның пішімі қабылданбайды.",
        "Форма подписи не принимается.",
        "The form of the signature is not accepted.",
        _STANDARD_SOFTWARE,
    ),
    Code.CMS_FORM: _row(
        _INVALID,
        "CMS қолтаңбасының құрылымы қабылданбайды.",
        "Структура подписи CMS не принимается.",
        "The structure of the CMS signature is not accepted.",
        _STANDARD_SOFTWARE,
    ),
    Code.ENVELOPE_FORM: _row(
        _INVALID,
        "SOAP хабарының құрылымы дұрыс емес.",
        "Структура SOAP-сообщения неправильна.",
        "The structure of the SOAP message is wrong.",
        Text(
            "Хабарда бір Envelope, бір Header, бір Security және бір Body болуы керек.",
            "В сообщении должны быть один Envelope, один Header, один Security и одно Body.",
            "The message must hold one Envelope, one Header, one Security and one Body.",
        ),
    ),
    Code.REFERENCE_REFUSED: _row(
        _INVALID,
        "Қолтаңба осы құжаттан басқа нәрсеге сілтейді.",
        "Подпись ссылается не на этот документ.",
        "The signature refers to something other than this document.",
        _STANDARD_SOFTWARE,
    ),
    Code.TRANSFORM_REFUSED: _row(
        _INVALID,
        "Қолтаңбада рұқсат етілмеген түрлендіру бар.",
        "В подписи указано недопустимое преобразование.",
        "The signature names a transform that is not allowed.",
        _STANDARD_SOFTWARE,
    ),
    Code.CANONICALISATION_REFUSED: _row(
        _INVALID,
        "Құжатты қолтаңбада көрсетілген канондық пішімге келтіру мүмкін емес.",
        "Документ невозможно привести к указанной в подписи канонической форме.",
        "The document cannot be brought to the canonical form that the signature names.",
        _STANDARD_SOFTWARE,
    ),
    Code.ALGORITHM_UNKNOWN: _row(
        _INVALID,
        "Қолтаңбаның алгоритмі қолданылмайды.",
        "Алгоритм подписи не поддерживается.",
        "The algorithm of the signature is not supported.",
        _OTHER_KEY,
    ),
    Code.ALGORITHM_WEAK: _row(
        _INVALID,
        "Қолтаңбаның алгоритмі ескірген және сенімсіз.",
        "Алгоритм подписи устарел и ненадёжен.",
        "The algorithm of the signature is outdated and not safe.",
        _NEW_CERTIFICATE,
    ),
    Code.ALGORITHM_MISMATCH: _row(
        _INVALID,
        "Қолтаңбаның алгоритмі тіркеу куәлігінің кілтіне сәйкес келмейді.",
        "Алгоритм подписи не соответствует ключу регистрационного свидетельства.",
        "The algorithm of the signature does not fit the certificate's key.",
        _STANDARD_SOFTWARE,
    ),
    Code.HASH_TOO_SLOW: _row(
        _UNDETERMINED,
        "Құжат тым көлемді: жүйеде ГОСТ хэшін жылдам есептейтін кітапхана жоқ.",
        "Документ слишком велик: в системе нет библиотеки для быстрого вычисления хэша по ГОСТ.",
        "The document is too large: the system has no library that computes GOST hashes fast.",
        Text(
            "Тексеру орындалатын компьютерге libnettle немесе libgcrypt кітапханасын орнатыңыз.",
            "Установите библиотеку libnettle или libgcrypt на компьютер, где выполняется проверка.",
            "Install the library libnettle or libgcrypt on the machine that checks.",
        ),
    ),
    Code.IDS_NOT_UNIQUE: _row(
        _INVALID,
        "Құжатта бірдей идентификаторлар бар.",
        "В документе есть одинаковые идентификаторы.",
        "The document holds the same identifier twice.",
        _STANDARD_SOFTWARE,
    ),
    Code.BODY_NOT_COVERED: _row(
        _INVALID,
        "Қолтаңба хабардың денесін қамтымайды.",
        "Подпись не охватывает тело сообщения.",
        "The signature does not cover the body of the message.",
        Text(
            "Хабардың Body элементіне қол қойыңыз.",
            "Подпишите элемент Body сообщения.",
            "Sign the Body element of the message.",
        ),
    ),
    Code.KEY_REFERENCE_REFUSED: _row(
        _INVALID,
        "Қол қоюшының тіркеу куәлігі қабылданатын тәсілмен көрсетілмеген.",
        "Регистрационное свидетельство подписавшего указано недопустимым способом.",
        "The signer's certificate is not given in a way that is accepted.",
        _STANDARD_SOFTWARE,
    ),
    Code.SIGNER_CERTIFICATE_UNKNOWN: _row(
        _INVALID,
        "Қол қоюшының тіркеу куәлігі белгісіз.",
        "Регистрационное свидетельство подписавшего неизвестно.",
        "The signer's certificate is not known here.",
        Text(
            "Қол қоюшының тіркеу куәлігін жүйенің баптауларына қосыңыз.",
            "Добавьте регистрационное свидетельство подписавшего в настройки системы.",
            "Add the signer's certificate to the settings of the system.",
        ),
    ),
    Code.SIGNATURE_BROKEN: _row(
        _INVALID,
        "Қолтаңба тіркеу куәлігінің кілтімен расталмады.",
        "Подпись не подтверждается ключом регистрационного свидетельства.",
        "The signature is not confirmed by the certificate's key.",
        _SIGN_AGAIN,
    ),
    Code.DIGEST_MISMATCH: _row(
        _INVALID,
        "Құжат қол қойылғаннан кейін өзгертілген.",
        "Документ изменён после подписания.",
        "The document was changed after it was signed.",
        _SIGN_AGAIN,
    ),
    Code.ISSUER_UNKNOWN: _row(
        _INVALID,
        "Тіркеу куәлігін сенімді куәландырушы орталық бермеген.",
        "Регистрационное свидетельство выдано не доверенным удостоверяющим центром.",
        "The certificate was not issued by a trusted certification authority.",
        _OTHER_KEY,
    ),
    Code.PATH_REFUSED: _row(
        _INVALID,
        "Тіркеу куәліктерінің тізбегі талаптарға сай емес.",
        "Цепочка регистрационных свидетельств не отвечает требованиям.",
        "The chain of certificates does not meet the requirements.",
        _OTHER_KEY,
    ),
    Code.CERTIFICATE_NOT_YET_VALID: _row(
        _INVALID,
        "Тіркеу куәлігінің қолданылу мерзімі әлі басталған жоқ.",
        "Срок действия регистрационного свидетельства ещё не начался.",
        "The certificate is not valid yet.",
        _OTHER_KEY,
    ),
    Code.CERTIFICATE_EXPIRED: _row(
        _INVALID,
        "Тіркеу куәлігінің қолданылу мерзімі өтіп кеткен.",
        "Срок действия регистрационного свидетельства истёк.",
        "The certificate has expired.",
        _NEW_CERTIFICATE,
    ),
    Code.ISSUER_EXPIRED: _row(
        _INVALID,
        "Куәландырушы орталықтың тіркеу куәлігі қолданылу мерзімінен тыс.",
        "Регистрационное свидетельство удостоверяющего центра вне срока действия.",
        "The certification authority's own certificate is outside its validity period.",
        _NEW_CERTIFICATE,
    ),
    Code.CERTIFICATE_REVOKED: _row(
        _INVALID,
        "Тіркеу куәлігі кері қайтарып алынған.",
        "Регистрационное свидетельство отозвано.",
        "The certificate has been revoked.",
        _NEW_CERTIFICATE,
    ),
    Code.CERTIFICATE_ON_HOLD: _row(
        _INVALID,
        "Тіркеу куәлігінің қолданылуы тоқтатыла тұрған.",
        "Действие регистрационного свидетельства приостановлено.",
        "The certificate is on hold.",
        Text(
            "Тіркеу куәлігінің қолданылуын pki.gov.kz сайтында жандандырыңыз немесе басқа кілтті таңдаңыз.",
            "Возобновите действие регистрационного свидетельства на pki.gov.kz или выберите другой ключ.",
            "Have the hold lifted at pki.gov.kz or choose another key.",
        ),
    ),
    Code.CERTIFICATE_NOT_KNOWN_TO_ISSUER: _row(
        _INVALID,
        "Куәландырушы орталық мұндай тіркеу куәлігін бермегенін хабарлады.",
        "Удостоверяющий центр сообщил, что не выдавал такого регистрационного свидетельства.",
        "The certification authority says that it issued no such certificate.",
        _NEW_CERTIFICATE,
    ),
    Code.ISSUER_REVOKED: _row(
        _INVALID,
        "Куәландырушы орталықтың тіркеу куәлігі кері қайтарып алынған.",
        "Регистрационное свидетельство удостоверяющего центра отозвано.",
        "The certification authority's own certificate has been revoked.",
        _NEW_CERTIFICATE,
    ),
    Code.REVOCATION_UNAVAILABLE: _row(
        _UNDETERMINED,
        "Тіркеу куәлігінің мәртебесін тексеру мүмкін болмады: OCSP және CRL қолжетімсіз.",
        "Статус регистрационного свидетельства проверить не удалось: OCSP и CRL недоступны.",
        "The certificate's status could not be checked: neither OCSP nor CRL is within reach.",
        _TRY_LATER,
    ),
    Code.REVOCATION_STALE: _row(
        _UNDETERMINED,
        "Тіркеу куәлігінің мәртебесі туралы мәлімет ескірген.",
        "Сведения о статусе регистрационного свидетельства устарели.",
        "What is known of the certificate's status is out of date.",
        _TRY_LATER,
    ),
    Code.REVOCATION_FORGED: _row(
        _UNDETERMINED,
        "Тіркеу куәлігінің мәртебесі туралы жауап расталмады.",
        "Ответ о статусе регистрационного свидетельства не подтверждён.",
        "The answer about the certificate's status is not confirmed by an authorised signature.",
        _TRY_LATER,
    ),
    Code.CRL_EXPIRED: _row(
        _INVALID,
        "Қайтарып алынған тіркеу куәліктері тізімінің мерзімі өткен, қағидалар бойынша бұл – теріс нәтиже.",
        "Срок списка отозванных регистрационных свидетельств истёк, по правилам это отрицательный результат.",
        "The list of revoked certificates has expired, which the rules count as a negative result.",
        Text(
            "Жаңа тізім шыққаннан кейін тексеруді қайталаңыз.",
            "Повторите проверку после выхода нового списка.",
            "Repeat the check when a new list has been published.",
        ),
    ),
    Code.TIMESTAMP_REFUSED: _row(
        _INVALID,
        "Уақыт белгісі бүлінген немесе басқа қолтаңбаға қойылған.",
        "Метка времени повреждена или поставлена на другую подпись.",
        "The time stamp is broken or belongs to another signature.",
        _SIGN_AGAIN,
    ),
    Code.TIMESTAMP_AHEAD: _row(
        _UNDETERMINED,
        "Уақыт белгісінде көрсетілген сәт тексерушінің сағатынан озық.",
        "Момент в метке времени опережает часы проверяющего.",
        "The moment of the time stamp is ahead of the checker's clock.",
        Text(
            "Сағатты салыстырып, тексеруді сол сәттен кейін қайталаңыз.",
            "Сверьте часы и повторите проверку после этого момента.",
            "Compare the clocks, then repeat the check after that moment.",
        ),
    ),
    Code.TIMESTAMP_UNTRUSTED: _row(
        _UNDETERMINED,
        "Уақыт белгісіне сенім әлі расталмады, ал онсыз қолтаңба жарамды емес.",
        "Доверие к метке времени пока не подтверждено, а без неё подпись не действительна.",
        "Trust in the time stamp is not confirmed yet, and without it the signature is not valid.",
        _TRY_LATER,
    ),
    Code.TIMESTAMP_UNAVAILABLE: _row(
        _UNDETERMINED,
        "Уақыт белгісі қызметінен белгі алынбады.",
        "Метка времени от службы не получена.",
        "No time stamp was obtained from the authority.",
        Text(
            "Біраз уақыттан кейін қайталап көріңіз.",
            "Повторите попытку позже.",
            "Try again later.",
        ),
    ),
    Code.SIGNER_NOT_IIN: _row(
        _INVALID,
        "Тіркеу куәлігіндегі ЖСН күтілген ЖСН-ге сәйкес келмейді.",
        "ИИН в регистрационном свидетельстве не совпадает с ожидаемым.",
        "The IIN in the certificate is not the one expected.",
        _OTHER_KEY,
    ),
    Code.SIGNER_NOT_BIN: _row(
        _INVALID,
        "Тіркеу куәлігіндегі БСН күтілген БСН-ге сәйкес келмейді.",
        "БИН в регистрационном свидетельстве не совпадает с ожидаемым.",
        "The BIN in the certificate is not the one expected.",
        _OTHER_KEY,
    ),
    Code.ROLE_NOT_FIT: _row(
        _INVALID,
        "Қол қоюшының рөлі бұл әрекетке құқық бермейді.",
        "Роль подписавшего не даёт права на это действие.",
        "The signer's role does not give the right to this act.",
        _OTHER_KEY,
    ),
    Code.KEY_NOT_FOR_SIGNING: _row(
        _INVALID,
        "Бұл кілт құжаттарға қол қоюға арналмаған.",
        "Этот ключ не предназначен для подписания документов.",
        "This key is not meant for signing documents.",
        Text(
            "Аутентификация кілтін емес, қол қою кілтін таңдаңыз.",
            "Выберите ключ подписи, а не ключ аутентификации.",
            "Choose the signing key, not the authentication key.",
        ),
    ),
    Code.KEY_NOT_FOR_AUTHENTICATION: _row(
        _INVALID,
        "Бұл кілт аутентификацияға арналмаған.",
        "Этот ключ не предназначен для аутентификации.",
        "This key is not meant for authentication.",
        _OTHER_KEY,
    ),
    Code.POLICY_NOT_FIT: _row(
        _INVALID,
        "Тіркеу куәлігі осы мақсатта қолдануға арналмаған: оның саясатының нөмірі басқа.",
        "Регистрационное свидетельство не предназначено для такого применения: номер его политики другой.",
        "The certificate is not meant for this use: it was issued under another policy.",
        _OTHER_KEY,
    ),
    Code.NOT_THE_CHOSEN_CERTIFICATE: _row(
        _INVALID,
        "Құжатқа таңдалған тіркеу куәлігімен қол қойылмаған.",
        "Документ подписан не тем регистрационным свидетельством, которое было выбрано.",
        "The document is signed with another certificate than the one chosen.",
        Text(
            "Бұрын таңдалған кілтпен қол қойыңыз немесе тіркеу куәлігін қайта таңдаңыз.",
            "Подпишите ранее выбранным ключом или выберите свидетельство заново.",
            "Sign with the key chosen before, or choose the certificate anew.",
        ),
    ),
    Code.DOCUMENT_NOT_AS_SHOWN: _row(
        _INVALID,
        "Қол қойылған құжат көрсетілген құжатқа сәйкес келмейді.",
        "Подписанный документ не совпадает с показанным.",
        "The document that was signed is not the one that was shown.",
        _SIGN_AGAIN,
    ),
    Code.SIGNER_TWICE: _row(
        _INVALID,
        "Әр түрлі тұлғалар қол қоюға тиіс құжатқа бір тұлға бірнеше рет қол қойған.",
        "Документ, который должны подписать разные лица, несколько раз подписало одно лицо.",
        "One person signed more than once what different persons must sign.",
        Text(
            "Құжатқа қол қоюға тиіс әр тұлға өз кілтімен қол қоюы керек.",
            "Каждый, кто должен подписать документ, подписывает его своим ключом.",
            "Everybody who must sign the document signs it with a key of their own.",
        ),
    ),
}
"""Every code with its row; a test holds the table complete."""
