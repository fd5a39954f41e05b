"""Why a scan is not taken: stable codes, and for the operator what happened and what to do."""

from __future__ import annotations

from enum import StrEnum

from gateway.scans.limits import MAX_BYTES, MAX_PAGES, MAX_PIXELS
from gateway.texts import Text


class ScanCode(StrEnum):
    """The stable codes of this room."""

    EMPTY = "scan-empty"
    TYPE = "scan-type"
    TOO_LARGE = "scan-too-large"
    TOO_MANY_PAGES = "scan-too-many-pages"
    UNREADABLE = "scan-unreadable"
    ENCRYPTED = "scan-encrypted"
    TOO_MANY_PIXELS = "scan-too-many-pixels"
    BUSY = "scan-busy"


_TEXTS = {
    ScanCode.EMPTY: Text("Файл бос.", "Файл пуст.", "The file is empty."),
    ScanCode.TYPE: Text(
        "Файл PDF, JPEG, PNG немесе TIFF пішімінде емес.",
        "Файл не в формате PDF, JPEG, PNG или TIFF.",
        "The file is not a PDF, JPEG, PNG or TIFF.",
    ),
    ScanCode.TOO_LARGE: Text(
        "Сканерленген құжат тым көлемді: ол {limit} МБ-тан аспауға тиіс.",
        "Отсканированный документ слишком велик: он не должен превышать {limit} МБ.",
        "The scan is too large: it must not exceed {limit} MB.",
    ),
    ScanCode.TOO_MANY_PAGES: Text(
        "Құжаттағы беттер тым көп: {limit} беттен аспауға тиіс.",
        "В документе слишком много страниц: должно быть не более {limit}.",
        "The document has too many pages: there must be no more than {limit}.",
    ),
    ScanCode.UNREADABLE: Text(
        "Файл оқылмайды: ол зақымдалған, толық сақталмаған немесе сирек кездесетін түрде жазылған.",
        "Файл не читается: он повреждён, сохранён не полностью или записан редким способом.",
        "The file cannot be read: it is damaged, incomplete, or written in a rare way.",
    ),
    ScanCode.ENCRYPTED: Text(
        "PDF файлы құпиясөзбен немесе өзгертуден қорғалған.",
        "PDF-файл защищён паролем или от изменений.",
        "The PDF is protected by a password or against changes.",
    ),
    ScanCode.TOO_MANY_PIXELS: Text(
        "Беттің кескіні тым үлкен: {limit} миллион нүктеден аспауға тиіс.",
        "Изображение страницы слишком велико: должно быть не более {limit} миллионов точек.",
        "The picture of a page is too large: it must have no more than {limit} million pixels.",
    ),
    ScanCode.BUSY: Text(
        "Қазір тым көп құжат өңделіп жатыр.",
        "Сейчас обрабатывается слишком много документов.",
        "Too many scans are being read at the moment.",
    ),
}

_AGAIN = Text("Құжатты қайта сканерлеңіз.", "Отсканируйте документ ещё раз.", "Scan the document again.")
_COARSER = Text(
    "Құжатты 200–300 dpi ажыратымдылықпен қайта сканерлеңіз.",
    "Отсканируйте документ ещё раз с разрешением 200–300 dpi.",
    "Scan the document again at 200 to 300 dpi.",
)

_ADVICE = {
    ScanCode.EMPTY: _AGAIN,
    ScanCode.TYPE: Text(
        "Сканердің баптауында осы пішімдердің бірін таңдап, құжатты қайта сканерлеңіз.",
        "Выберите в настройках сканера один из этих форматов и отсканируйте документ ещё раз.",
        "Choose one of these formats in the scanner's settings and scan the document again.",
    ),
    ScanCode.TOO_LARGE: _COARSER,
    ScanCode.TOO_MANY_PAGES: Text(
        "Құжатты бірнеше файлға бөліп сканерлеңіз.",
        "Отсканируйте документ по частям, в нескольких файлах.",
        "Scan the document in several files.",
    ),
    ScanCode.UNREADABLE: _AGAIN,
    ScanCode.ENCRYPTED: Text(
        "Құжатты қорғаусыз қайта сканерлеңіз.",
        "Отсканируйте документ ещё раз без защиты.",
        "Scan the document again without protection.",
    ),
    ScanCode.TOO_MANY_PIXELS: _COARSER,
    ScanCode.BUSY: Text("Бір минуттан кейін қайталаңыз.", "Повторите через минуту.", "Try again in a minute."),
}

_LIMITS = {
    ScanCode.TOO_LARGE: MAX_BYTES // 10**6,
    ScanCode.TOO_MANY_PAGES: MAX_PAGES,
    ScanCode.TOO_MANY_PIXELS: MAX_PIXELS // 10**6,
}


class ScanRefused(Exception):
    """A scan is not taken and nothing was changed; `text` says why, `advice` what to do, `reason` is for the log."""

    def __init__(self, code: ScanCode, *, reason: str = "", limit: int | None = None) -> None:
        super().__init__(f"{code}: {reason}" if reason else str(code))
        self.code = code
        self.reason = reason
        self.text = _TEXTS[code].format(limit=_LIMITS.get(code) if limit is None else limit)
        self.advice = _ADVICE[code]
