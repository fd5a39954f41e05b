"""Values of the registries' dictionaries.

Codes seen in real answers: sex 2, nationality 005, country 398, life status 0, document kinds 001, 002 and 015,
issuer 002, document status 00 and 17, address status 1 and invalidity 0. The others are inventions of the simulators.
"""

from __future__ import annotations

from gateway.identity.numbers import Sex
from simulators.population.model import Entry

SEXES = {Sex.MALE: Entry("1", "Мужской", "Ер"), Sex.FEMALE: Entry("2", "Женский", "Әйел")}
KAZAKH = Entry("005", "КАЗАХ", "ҚАЗАҚ")
RUSSIAN = Entry("006", "РУССКИЙ", "ОРЫС")
KAZAKHSTAN = Entry("398", "КАЗАХСТАН", "ҚАЗАҚСТАН")
ALIVE = Entry("0", "Нормальный", "Қалыпты")
DEAD = Entry("1", "Умерший", "Қайтыс болған")

PASSPORT = Entry("001", "ПАСПОРТ РК", "ҚР ПАСПОРТЫ")
IDENTITY_CARD = Entry("002", "УДОСТОВЕРЕНИЕ РК", "ҚР ЖЕКЕ КУӘЛІГІ")
BIRTH_CERTIFICATE = Entry("008", "СВИДЕТЕЛЬСТВО О РОЖДЕНИИ", "ТУУ ТУРАЛЫ КУӘЛІК")
INTERIOR = Entry("002", "МИНИСТЕРСТВО ВНУТРЕННИХ ДЕЛ РК", "ҚР ІШКІ ІСТЕР МИНИСТРЛІГІ")
JUSTICE = Entry("001", "МИНИСТЕРСТВО ЮСТИЦИИ РК", "ҚР ӘДІЛЕТ МИНИСТРЛІГІ")
VALID = Entry("00", "ДОКУМЕНТ ДЕЙСТВИТЕЛЕН", "ҚҰЖАТ ЖАРАМДЫ")
REPLACED = Entry("17", "ВЫПУСК НОВОГО ДОКУМЕНТА", "ЖАҢА ҚҰЖАТТЫҢ ШЫҒАРЫЛУЫ")
REGISTERED = Entry("1", "Зарегистрирован", "Тіркелді")
NOT_INVALID = Entry("0", "Зарегистрирован", "Тіркелді")

STATE_INSTITUTION = Entry("20", "Государственное учреждение", "Мемлекеттік мекеме")
JOINT_STOCK = Entry("10", "Акционерное общество", "Акционерлік қоғам")
PARTNERSHIP = Entry("22", "Товарищество с ограниченной ответственностью", "Жауапкершілігі шектеулі серіктестік")
NOT_FOR_PROFIT = Entry("30", "Некоммерческая организация", "Коммерциялық емес ұйым")
ADMINISTRATION = Entry("84113", "Деятельность местных органов управления", "Жергілікті басқару органдарының қызметі")
COMPUTING = Entry("62099", "Другие виды деятельности в области информационных технологий",
                  "Ақпараттық технологиялар саласындағы өзге де қызмет түрлері")  # fmt: skip
TRADE = Entry("47110", "Розничная торговля", "Бөлшек сауда")
BUILDING = Entry("41201", "Строительство жилых зданий", "Тұрғын үйлер салу")
SCHOOLING = Entry("85310", "Основное и общее среднее образование", "Негізгі және жалпы орта білім беру")
LEGAL_WORK = Entry("69100", "Деятельность в области права", "Құқық саласындағы қызмет")
