"""What the registers refuse, on either side: stable codes, what happened, and what to do."""

from __future__ import annotations

from enum import StrEnum

from gateway.texts import Text


class RegisterCode(StrEnum):
    """The stable codes of this room."""

    NOT_A_NUMBER = "register-code-unreadable"
    UNKNOWN = "register-unknown"
    ELSEWHERE = "register-of-another-office"
    EMPTY = "register-empty"
    TOO_MANY = "register-too-long"
    COURIER = "register-courier-unnamed"
    SHEETS = "register-sheets-unfit"
    OFFICE = "register-office-unfit"
    MARKED = "register-marked-already"
    UNCONFIRMED = "register-missing-unconfirmed"
    ROLE = "register-role-unfit"
    PACKAGE_UNKNOWN = "package-not-expected"
    PACKAGE_ELSEWHERE = "package-of-another-office"
    PACKAGE_LISTED = "package-on-a-register"
    PACKAGE_RECEIVED = "package-received-already"
    PACKAGE_NOT_READY = "package-not-ready"
    PACKAGE_NOT_SENT = "package-not-sent"


_TEXTS = {
    RegisterCode.NOT_A_NUMBER: Text(
        "Штрих-код оқылмады: 14 цифрдан тұратын нөмір емес.",
        "Штрих-код не прочитан: это не номер из 14 цифр.",
        "The barcode was not read: it is no number of 14 digits.",
    ),
    RegisterCode.UNKNOWN: Text(
        "{number} нөмірлі тізілім мұнда жоқ.",
        "Реестра с номером {number} здесь нет.",
        "There is no register {number} here.",
    ),
    RegisterCode.ELSEWHERE: Text(
        "{number} тізілімі басқа мекемеге жіберілген: {name}.",
        "Реестр {number} направлен в другое учреждение: {name}.",
        "Register {number} is for another office: {name}.",
    ),
    RegisterCode.EMPTY: Text(
        "Тізілімге бірде-бір құжаттар топтамасы таңдалмаған.",
        "Для реестра не выбран ни один пакет документов.",
        "No package is chosen for the register.",
    ),
    RegisterCode.TOO_MANY: Text(
        "Бір тізілімге {limit} топтамадан артық енгізілмейді.",
        "В один реестр включается не более {limit} пакетов.",
        "A register lists at most {limit} packages.",
    ),
    RegisterCode.COURIER: Text(
        "Курьердің тегі мен аты көрсетілмеген.",
        "Не указаны фамилия и имя курьера.",
        "The courier's name is not given.",
    ),
    RegisterCode.SHEETS: Text(
        "Парақтар саны 1-ден {limit}-ға дейінгі сан болуға тиіс.",
        "Число листов должно быть от 1 до {limit}.",
        "The number of sheets must be from 1 to {limit}.",
    ),
    RegisterCode.OFFICE: Text(
        "Таңдалған топтамалар осы тізілімнің алушысына арналмаған.",
        "Выбранные пакеты предназначены не получателю этого реестра.",
        "The packages chosen are not for the receiver of this register.",
    ),
    RegisterCode.MARKED: Text(
        "{number} тізіліміне алынғаны туралы белгі қойылған, ол енді өзгермейді.",
        "В реестре {number} уже проставлена отметка о получении, он больше не изменяется.",
        "Register {number} is marked already and changes no more.",
    ),
    RegisterCode.UNCONFIRMED: Text(
        "Тізілімдегі топтамалардың бәрі табылған жоқ. Жетіспейтіні: {count}.",
        "Найдены не все пакеты реестра. Недостаёт: {count}.",
        "Not all packages of the register were found. Missing: {count}.",
    ),
    RegisterCode.ROLE: Text(
        "Курьер тізілімдерімен кеңсе қызметкері жұмыс істейді.",
        "С реестрами курьера работает сотрудник канцелярии.",
        "The courier's registers are the clerk's work.",
    ),
    RegisterCode.PACKAGE_UNKNOWN: Text(
        "{number} нөмірлі топтама мұнда күтілмейді.",
        "Пакет с номером {number} здесь не ожидается.",
        "Package {number} is not expected here.",
    ),
    RegisterCode.PACKAGE_ELSEWHERE: Text(
        "{number} топтамасы басқа мекемеге арналған: {name}.",
        "Пакет {number} предназначен другому учреждению: {name}.",
        "Package {number} is for another office: {name}.",
    ),
    RegisterCode.PACKAGE_LISTED: Text(
        "{number} топтамасы {register} тізіліміне енгізілген.",
        "Пакет {number} уже включён в реестр {register}.",
        "Package {number} stands in register {register} already.",
    ),
    RegisterCode.PACKAGE_RECEIVED: Text(
        "{number} топтамасы бұрын алынған.",
        "Пакет {number} уже получен.",
        "Package {number} was received already.",
    ),
    RegisterCode.PACKAGE_NOT_READY: Text(
        "{number} топтамасын тізілімге енгізуге болмайды.",
        "Пакет {number} нельзя включить в реестр.",
        "Package {number} cannot go on a register.",
    ),
    RegisterCode.PACKAGE_NOT_SENT: Text(
        "{number} топтамасы көрсетілетін қызметті берушіге әлі жеткізілмеген: бұл нәтиже емес.",
        "Пакет {number} ещё не доставлен услугодателю: это не результат.",
        "Package {number} has not reached the provider yet: this is no result.",
    ),
}
_LOOK_AGAIN = Text(
    "Бетті жаңартып, қайта таңдаңыз.", "Обновите страницу и выберите заново.", "Reload the page and choose again."
)
_ADVICE = {
    RegisterCode.NOT_A_NUMBER: Text(
        "Қайта сканерлеңіз немесе штрих-кодтың астындағы 14 цифрды теріңіз.",
        "Отсканируйте ещё раз или наберите 14 цифр, напечатанных под штрих-кодом.",
        "Scan again, or type the 14 digits printed under the barcode.",
    ),
    RegisterCode.UNKNOWN: Text(
        "Нөмірді салыстырыңыз. Тізілімнің электрондық данасы әлі келмеген болса, топтамаларды сақтап, кейінірек "
        "қайталаңыз.",
        "Сверьте номер. Если электронный экземпляр реестра ещё не пришёл, сохраните пакеты и повторите позже.",
        "Compare the number. If the register's electronic copy has not come yet, keep the packages and try later.",
    ),
    RegisterCode.ELSEWHERE: Text(
        "Тізілім мен топтамаларды курьерге қайтарыңыз.",
        "Верните реестр и пакеты курьеру.",
        "Give the register and the packages back to the courier.",
    ),
    RegisterCode.EMPTY: Text(
        "Кемінде бір топтаманы белгілеңіз.", "Отметьте хотя бы один пакет.", "Choose at least one package."
    ),
    RegisterCode.TOO_MANY: Text(
        "Топтамаларды бірнеше тізілімге бөліңіз.",
        "Разделите пакеты на несколько реестров.",
        "Divide the packages among several registers.",
    ),
    RegisterCode.COURIER: Text(
        "Құжаттарды алып баратын курьердің тегі мен атын жазыңыз.",
        "Напишите фамилию и имя курьера, который повезёт документы.",
        "Write the name of the courier who takes the documents.",
    ),
    RegisterCode.SHEETS: Text(
        "Топтамадағы парақтарды санап, санын жазыңыз.",
        "Пересчитайте листы пакета и запишите их число.",
        "Count the sheets of the package and write their number.",
    ),
    RegisterCode.OFFICE: Text(
        "Әр алушыға бөлек тізілім жасаңыз.",
        "Составьте для каждого получателя отдельный реестр.",
        "Make a register for each receiver.",
    ),
    RegisterCode.MARKED: Text(
        "Кейін табылған топтама келесі тізіліммен беріледі.",
        "Найденный позднее пакет передаётся со следующим реестром.",
        "What is found later goes with the next register.",
    ),
    RegisterCode.UNCONFIRMED: Text(
        "Қалған топтамаларды сканерлеңіз немесе олардың жоқ екенін растаңыз.",
        "Отсканируйте остальные пакеты или подтвердите, что их нет.",
        "Scan the remaining packages, or confirm that they are not there.",
    ),
    RegisterCode.ROLE: Text(
        "Кеңсе қызметкеріне хабарласыңыз.", "Обратитесь к сотруднику канцелярии.", "Ask the clerk of your office."
    ),
    RegisterCode.PACKAGE_UNKNOWN: Text(
        "Нөмірді салыстырыңыз; бөтен топтаманы курьерге қайтарыңыз.",
        "Сверьте номер; чужой пакет верните курьеру.",
        "Compare the number; give a package that is not yours back to the courier.",
    ),
    RegisterCode.PACKAGE_ELSEWHERE: Text(
        "Топтаманы курьерге қайтарыңыз.", "Верните пакет курьеру.", "Give the package back to the courier."
    ),
    RegisterCode.PACKAGE_LISTED: _LOOK_AGAIN,
    RegisterCode.PACKAGE_RECEIVED: Text(
        "Ештеңе істеудің қажеті жоқ: ол тізілімде алынды деп белгіленген.",
        "Ничего делать не нужно: он уже отмечен в реестре как полученный.",
        "Nothing needs to be done: a register says already that it was received.",
    ),
    RegisterCode.PACKAGE_NOT_READY: _LOOK_AGAIN,
    RegisterCode.PACKAGE_NOT_SENT: Text(
        "Оны курьер күтіп тұрған топтамаларға қайтарып, келесі тізілімге енгізіңіз.",
        "Верните его к пакетам, ожидающим курьера, и включите в следующий реестр.",
        "Put it back to the packages that wait for a courier, and on the next register.",
    ),
}


class RegisterError(Exception):
    """A register or a package is refused; nothing was changed."""

    def __init__(self, code: RegisterCode, **facts: object) -> None:
        super().__init__(f"{code}: {facts}" if facts else str(code))
        self.code = code
        self.facts = facts

    @property
    def text(self) -> Text:
        """What happened, in the three languages."""
        return _TEXTS[self.code].format(**self.facts)

    @property
    def advice(self) -> Text:
        """What to do, in the three languages."""
        return _ADVICE[self.code]
