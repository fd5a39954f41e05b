"""What else is printed at a window says all of it, in both languages: consent, message of process 4, ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from gateway.catalogue import FieldType, load_catalogue
from gateway.results.arm_messages import NoData, NoDataReason, compile_no_data
from gateway.results.consent_form import Consent, compile_consent
from gateway.results.container import bare
from gateway.results.document import Statement
from gateway.results.hand_over_paper import HandOverPaper, compile_hand_over
from gateway.results.papers import Body
from gateway.results.queue_papers import TicketPaper, compile_ticket
from tests.unit.results import printed

AT = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
DEPARTMENT = Body(
    Statement("Мемлекеттік корпорацияның Қарағанды қаласындағы бөлімі", "Отдел Государственной корпорации в Караганде"),
    Statement("Қарағанды қаласы, Әлиханов көшесі, 4-үй", "город Караганда, улица Алиханова, дом 4"),
    "+7 721 200 00 00",
)
SERVICE = Statement("Атаулы әлеуметтік көмек тағайындау", "Назначение адресной социальной помощи")
POWER = Statement("нотариат куәландырған сенімхат, № 1234, 01.02.2026", "нотариальная доверенность, № 1234, 01.02.2026")
CONSENT = Consent(
    department=DEPARTMENT,
    applicant="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
    applicant_number="870412400123",
    service=SERVICE,
    wording=Statement("Мәліметтерді пайдалануға келісемін", "Даю согласие на использование сведений"),
    registries=(
        Statement("жеке тұлғалардың мемлекеттік деректер базасы", "государственная база данных физических лиц"),
        Statement("Бірыңғай нотариаттық ақпараттық жүйе", "Единая нотариальная информационная система"),
    ),
    operator="ӨТЕГЕНОВ Қ. Б.",
    at=AT,
    number="73000000000017",
)
MESSAGE = NoData(
    department=DEPARTMENT,
    applicant="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
    applicant_number="870412400123",
    service=SERVICE,
    reasons=(NoDataReason.ABSENT,),
    operator="ӨТЕГЕНОВ Қ. Б.",
    at=AT,
    number="73000000000017",
)
HANDED = HandOverPaper(
    department=DEPARTMENT,
    number="73000000000017",
    applicant="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
    service=SERVICE,
    identity=Statement("жеке куәлік", "удостоверение личности"),
    identity_last4="0123",
    operator="ӨТЕГЕНОВ Қ. Б.",
    at=AT,
    result=Statement("№ 12 анықтама", "Справка № 12"),
)
TICKET = TicketPaper(number="142", department=DEPARTMENT, at=AT, service=SERVICE, ahead=12)
REASONS = {
    NoDataReason.ABSENT: ("(ЖТ МДБ) көрсетілетін қызметті алушының деректері жоқ", "(ГБД ФЛ) отсутствуют данные"),
    NoDataReason.DEAD: ("қайтыс болғаны туралы мәлімет бар", "сведения о смерти услугополучателя"),
    NoDataReason.REMOVED: ("жазбасы есептен шығарылған", "запись об услугополучателе снята с учёта"),
    NoDataReason.LIQUIDATED: ("заңды тұлға таратылған", "юридическое лицо ликвидировано"),
    NoDataReason.POWER_ABSENT: ("(БНАЖ) өкілдің сенімхатының деректері жоқ", "отсутствуют данные доверенности"),
    NoDataReason.POWER_REVOKED: ("сенімхаттың күші жойылған", "доверенность отменена"),
    NoDataReason.POWER_EXPIRED: ("сенімхаттың мерзімі өткен", "срок доверенности истёк"),
    NoDataReason.POWER_NOT_YET_VALID: ("сенімхат әлі күшіне енген жоқ", "доверенность ещё не вступила в силу"),
    NoDataReason.POWER_OF_ANOTHER_MATTER: ("осы мемлекеттік қызметті алуға өкілеттік бермейді", "не даёт полномочий"),
    NoDataReason.POWER_OF_ANOTHER: ("сенімхатты басқа адам берген", "выдана другим лицом или другому лицу"),
}
PAPERS: dict[str, Callable[[], bytes]] = {
    "consent": lambda: compile_consent(CONSENT),
    "no-data": lambda: compile_no_data(MESSAGE),
    "ticket": lambda: compile_ticket(TICKET),
    "hand-over": lambda: compile_hand_over(HANDED),
}
REAL: dict[str, Callable[[], bytes]] = {
    "consent": lambda: compile_consent(replace(CONSENT, simulated=False)),
    "no-data": lambda: compile_no_data(replace(MESSAGE, simulated=False)),
    "ticket": lambda: compile_ticket(replace(TICKET, simulated=False)),
    "hand-over": lambda: compile_hand_over(replace(HANDED, simulated=False)),
}


def assert_reads(pdf: bytes, *all_words: str) -> None:
    for text in (printed.text_of(pdf), printed.text_by_pypdf(pdf)):
        for words in all_words:
            assert bare(words) in text, words


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_pdf_a_the_same_again_whole_and_marked_where_it_is_simulated(paper: str) -> None:
    pdf = PAPERS[paper]()
    assert pdf == PAPERS[paper]()
    assert b"pdfaid" in pdf
    assert printed.outside(pdf, margin=72 * 4 / 25.4) == []
    assert bare("не имеет юридической силы") in printed.text_of(pdf)
    assert bare("не имеет юридической силы") not in printed.text_of(REAL[paper]())
    assert_reads(pdf, DEPARTMENT.name.kk, DEPARTMENT.name.ru, DEPARTMENT.address.kk, DEPARTMENT.address.ru)


def test_a_consent_says_who_consents_to_what_and_what_will_be_asked() -> None:
    pdf = compile_consent(CONSENT)
    assert_reads(
        pdf,
        "Мәліметтерді пайдалануға келісім",
        "Согласие на использование сведений",
        CONSENT.applicant,
        CONSENT.applicant_number,
        SERVICE.kk,
        SERVICE.ru,
        CONSENT.wording.kk,
        CONSENT.wording.ru,
        "1. жеке тұлғалардың мемлекеттік деректер базасы",
        "2. Единая нотариальная информационная система",
        "03.03.2026 01:30",
        "Көрсетілетін қызметті алушының қолы / Подпись услугополучателя",
        "Келісімді алған қызметкердің қолы / Подпись работника, получившего согласие",
        "ӨТЕГЕНОВ Қ. Б.",
        "Без согласия запрос не направляется",
    )
    assert printed.barcodes_of(pdf, dpi=203) == [["73000000000017"]]
    assert bare("Өкіл") not in printed.text_of(pdf)
    assert bare("Дата и время согласия") not in printed.text_of(pdf)


def test_a_representative_consents_by_the_power_and_the_time_of_consent_is_stated() -> None:
    consent = replace(
        CONSENT,
        representative="ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ",
        representative_number="850101300124",
        power=POWER,
        given_at=datetime(2026, 3, 2, 21, 5, tzinfo=UTC),
    )
    assert_reads(
        compile_consent(consent),
        "ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ",
        "850101300124",
        POWER.kk,
        POWER.ru,
        "Өкілдің қолы / Подпись представителя",
        "03.03.2026 02:05",
    )
    assert bare("Подпись услугополучателя") not in printed.text_of(compile_consent(consent))


def test_the_consent_of_every_act_and_form_is_printed_in_its_own_words() -> None:
    wordings = {
        Statement.of(text)
        for service in load_catalogue().services.values()
        for text in (
            *(field.label for field in service.form if field.type is FieldType.CONSENT),
            *([service.consent.text] if service.consent is not None else []),
        )
    }
    assert len(wordings) > 2
    for wording in wordings:
        pdf = compile_consent(replace(CONSENT, wording=wording))
        assert_reads(pdf, wording.kk, wording.ru)
        assert len(printed.pages_of(pdf)) == 1


def test_a_consent_without_a_number_has_no_barcode() -> None:
    assert printed.barcodes_of(compile_consent(replace(CONSENT, number=None)), dpi=203) == [[]]


@pytest.mark.parametrize("reason", NoDataReason, ids=str)
def test_the_message_says_what_was_not_there_and_nothing_else(reason: NoDataReason) -> None:
    pdf = compile_no_data(replace(MESSAGE, reasons=(reason,)))
    assert_reads(
        pdf,
        *REASONS[reason],
        "Деректерді алу мүмкін еместігі туралы хабарлама",
        "Сообщение о невозможности получения данных",
        MESSAGE.applicant,
        MESSAGE.applicant_number,
        SERVICE.kk,
        SERVICE.ru,
        "73000000000017",
        "03.03.2026 01:30",
        "ӨТЕГЕНОВ Қ. Б.",
        "Не істеу керек",
        "Заявление услугодателю не направлено",
    )
    text = printed.text_of(pdf)
    for other in set(NoDataReason) - {reason}:
        assert bare(REASONS[other][1]) not in text, other


def test_the_values_of_the_reasons_are_the_verdicts_of_a_finding() -> None:
    assert {str(reason) for reason in NoDataReason} == {
        "absent",
        "dead",
        "removed",
        "liquidated",
        "power-absent",
        "power-revoked",
        "power-expired",
        "power-not-yet-valid",
        "power-of-another",
        "power-of-another-matter",
    }


def test_a_legal_entity_was_asked_for_in_its_own_database() -> None:
    pdf = compile_no_data(replace(MESSAGE, legal_entity=True, applicant="«Өрлеу» ЖШС", applicant_number="010540000123"))
    assert_reads(pdf, "(ЗТ МДБ)", "(ГБД ЮЛ) отсутствуют данные услугополучателя", "БСН / БИН", "010540000123")
    assert bare("ГБД ФЛ") not in printed.text_of(pdf)


def test_two_reasons_are_both_said_and_the_same_advice_once() -> None:
    reasons = (NoDataReason.POWER_REVOKED, NoDataReason.POWER_EXPIRED)
    pdf = compile_no_data(
        replace(MESSAGE, reasons=reasons, representative="ІЛИЯСОВ Е.", representative_number="1", power=POWER)
    )
    assert_reads(pdf, *REASONS[reasons[0]], *REASONS[reasons[1]], POWER.kk, POWER.ru, "ІЛИЯСОВ Е.")
    assert printed.text_of(pdf).count(bare("новой нотариально удостоверенной доверенностью")) == 1


def test_a_ticket_says_the_number_and_that_it_is_no_application() -> None:
    pdf = compile_ticket(TICKET)
    assert_reads(
        pdf,
        "Кезек талоны",
        "Талон очереди",
        "142",
        SERVICE.kk,
        SERVICE.ru,
        "03.03.2026",
        "01:30",
        "Перед вами12",
        "Сізді кез келген бос терезе шақырады",
        "Талон очереди не является заявлением",
    )
    (page,) = pypdfium2.PdfDocument(pdf)
    assert page.get_size()[0] == pytest.approx(80 / 25.4 * 72, abs=0.1)
    assert printed.barcodes_of(pdf, dpi=203) == [[]]


def test_a_booked_ticket_is_called_so() -> None:
    booked = replace(TICKET, booked=True, ahead=None, service=None)
    assert_reads(compile_ticket(booked), "Алдын ала жазылу талоны", "Талон предварительной записи")
    assert bare("Перед вами") not in printed.text_of(compile_ticket(booked))
    assert bare("Услуга") not in printed.text_of(compile_ticket(booked))


def test_a_thermal_ticket_is_black_alone() -> None:
    page = pypdfium2.PdfDocument(compile_ticket(TICKET))[0]
    colours = page.render(scale=2).to_pil().convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert all(abs(red - green) < 8 and abs(green - blue) < 8 for _count, (red, green, blue) in colours)


def test_who_receives_a_result_signs_for_it_by_the_document_that_was_shown() -> None:
    pdf = compile_hand_over(HANDED)
    assert_reads(
        pdf,
        "Мемлекеттік қызмет көрсету нәтижесін алғаны туралы қолхат",
        "Расписка в получении результата государственной услуги",
        HANDED.applicant,
        SERVICE.kk,
        SERVICE.ru,
        "№ 12 анықтама",
        "Справка № 12",
        "жеке куәлік, …0123",
        "удостоверение личности, …0123",
        "03.03.2026 01:30",
        "Көрсетілетін қызметті алушының қолы / Подпись услугополучателя",
        "Подпись работника, выдавшего результат",
        "ӨТЕГЕНОВ Қ. Б.",
    )
    assert printed.barcodes_of(pdf, dpi=203) == [["73000000000017"]]
    assert bare("Өкіл") not in printed.text_of(pdf)


def test_a_representative_signs_for_a_result_by_the_power() -> None:
    pdf = compile_hand_over(replace(HANDED, representative="ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ", power=POWER))
    assert_reads(pdf, "ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ", POWER.kk, POWER.ru, "Өкілдің қолы / Подпись представителя")
    assert bare("Подпись услугополучателя") not in printed.text_of(pdf)
