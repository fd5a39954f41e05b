import pytest

from gateway.texts import Language
from gateway.web.desk.timeline import silence_text
from gateway.web.translation import Translations, use


@pytest.mark.parametrize(
    ("facts", "kk", "ru"),
    [
        ({"shep": "timed-out"}, "ЭҮШ белгіленген уақытта жауап бермеді", "ШЭП не ответил в отведённое время"),
        (
            {"shep": "answer-unsigned"},
            "ЭҮШ-тен келген жауаптың шынайылығын растау мүмкін болмады",
            "Не удалось подтвердить подлинность ответа ШЭП",
        ),
        ({"fault": "SCE004"}, "ЭҮШ хабарламаны қабылдамады (SCE004)", "ШЭП не принял сообщение (SCE004)"),
        ({"status": "SCSE003"}, "Сервис сұрауды орындамады (SCSE003)", "Сервис не выполнил запрос (SCSE003)"),
        (
            {"code": "registry-no-answer"},
            "Мемлекеттік деректер базасы жауап бермеді;",
            "Государственная база данных не ответила",
        ),
    ],
)
def test_the_staff_read_whose_failure_kept_a_state_database_silent(facts, kk, ru):
    """Gateway, provider, transport and an answer that is not believed call for different people."""
    translations = Translations.load(["desk"])
    for language, wanted in ((Language.KK, kk), (Language.RU, ru)):
        use(translations, language)
        text = silence_text(facts)
        assert text.startswith(wanted)
        assert text.endswith(("айталанады.", "повторён."))
