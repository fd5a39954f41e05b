"""The documentation beside the code: every code, setting and step has its row, and nothing leads nowhere."""

import importlib
import importlib.util
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel, TypeAdapter

from gateway.catalogue import load_catalogue, pages
from gateway.catalogue.form import FormProblemCode
from gateway.cli import _own_commands
from gateway.desk.broken import Broken, BrokenCode
from gateway.desk.errors import DeskCode, DeskError
from gateway.eds.codes import ROWS, Code
from gateway.exchange.errors import ExchangeCode
from gateway.flows.applications import State
from gateway.flows.errors import FlowCode, FlowError
from gateway.identity.numbers import NumberErrorCode, parse_number
from gateway.identity.passwords import PasswordErrorCode
from gateway.registries import kdp_messages
from gateway.registries.errors import UnavailableCode
from gateway.registries.gbdfl_messages import CONSENT_REFUSED
from gateway.registries.powers import PowerState
from gateway.registries.tempstorage_messages import FileStatus
from gateway.results.errors import ResultCode
from gateway.results.words import WORDS
from gateway.settings import (
    Arm,
    Channels,
    Checks,
    Desk,
    GatewayConnection,
    Participant,
    Registries,
    Settings,
    SystemKey,
    TrustSettings,
)
from gateway.shep.errors import ShepErrorCode
from gateway.shep.faults import INVENTED, WORTH_REPEATING, FaultCode
from gateway.shep.messages import MessageState
from gateway.web import refusals
from simulators.enis import answer as enis_answer
from simulators.gbdfl import answer as gbdfl_answer
from simulators.gbdfl.consent import REFUSALS
from simulators.gbdul import answer as gbdul_answer
from simulators.installation import Ports
from simulators.kdp.service import NOBODY
from simulators.shep.telling import status_of
from simulators.tempstorage.service import BUSINESS_ERROR
from simulators.walk.ways import WAYS

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted(DOCS.rglob("*.md"))
SERVICES = {"K": "unemployed-certificate", "A": "guardianship-certificate"}

_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TOKEN = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"(?:gateway|simulators)(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_PATH = re.compile(r"(?:gateway|simulators|schemas|certs|tests|docs)/[\w./-]+")
_MACHINE_PATH = re.compile(r"(?<![\w.$>-])/(?:home|root|tmp|usr|var|opt|etc|mnt|srv|work|Users)/|\b[A-Z]:\\")
_REGISTRY_HOST = re.compile(r"pypi\.|pythonhosted|npmjs|registry\.|crates\.io|proxy\.golang|docker\.io|ghcr\.io|mirror")
_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line.strip().strip("|"))]


def _tables(page: Path) -> Iterator[list[list[str]]]:
    """Yield each table of a page as its rows, the heading first."""
    table: list[list[str]] = []
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            table.append(_cells(line))
        elif table:
            yield [table[0], *table[2:]]
            table = []


def _rows(page: str, *, width: int | None = None) -> dict[str, list[str]]:
    """Return the rows of a reference page by the name in their first cell, backticks left out."""
    found: dict[str, list[str]] = {}
    for heading, *rows in _tables(REFERENCE / page):
        if width is None or len(heading) == width:
            found |= {row[0].strip("`"): row[1:] for row in rows}
    return found


def _missing(wanted: Iterable[StrEnum | str], rows: Iterable[str]) -> set[str]:
    return {str(one) for one in wanted} - set(rows)


def test_a_table_row_has_as_many_cells_as_its_heading() -> None:
    ragged = [
        f"{_name(page)}: {row}"
        for page in PAGES
        for heading, *rows in _tables(page)
        for row in rows
        if len(row) != len(heading)
    ]
    assert not ragged


def test_every_verdict_code_says_in_the_reference_what_it_says_in_the_program() -> None:
    rows = _rows("verdict-codes.md", width=4)
    for code in Code:
        row = ROWS[code]
        assert rows[code.value] == [f"`{row.status.value}`", row.text.en, row.advice.en], code


def test_every_code_of_a_file_says_in_the_reference_what_it_says_in_the_program() -> None:
    rows = _rows("verdict-codes.md", width=4) | _rows("verdict-codes.md", width=3)
    translated = {"kk", "ru"}
    for heading, *table in _tables(REFERENCE / "verdict-codes.md"):
        if not translated & set(heading):
            rows |= {row[0].strip("`"): row[1:] for row in table}
    for code in ResultCode:
        assert rows[code.value][-2:] == [WORDS[code][0].en, WORDS[code][1].en], code


def test_every_verdict_code_has_its_kazakh_and_russian_text_in_the_reference() -> None:
    table = next(t for t in _tables(REFERENCE / "verdict-codes.md") if t[0] == ["code", "kk", "ru"])
    texts = {row[0].strip("`"): row[1:] for row in table[1:]}
    wanted = {str(code): ROWS[code].text for code in Code} | {str(code): WORDS[code][0] for code in ResultCode}
    assert texts == {code: [text.kk, text.ru] for code, text in wanted.items()}


def test_every_gateway_fault_has_its_row_with_what_the_client_makes_of_it() -> None:
    rows = _rows("gateway-faults.md", width=6)
    yes = {True: "yes", False: "no"}
    for code in FaultCode:
        says, sent, _, invented, repeated = rows[code.value]
        assert (says, sent) == (code.text.en, code.text.ru)
        assert (invented, repeated) == (yes[code in INVENTED], yes[code in WORTH_REPEATING]), code
    assert not _missing(ShepErrorCode, _rows("gateway-faults.md", width=4))


def _section(page: str, title: str) -> str:
    """Return the text under the heading that begins with `title`."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    (found,) = [part for part in text.split("\n## ")[1:] if part.startswith(title)]
    return found


def _entries(*modules: ModuleType) -> set[str]:
    """Return the result codes of an answer: those that stand with their sentences, not the dictionaries of its data."""
    names = ("PROCESSED", "NOT_FOUND", "TOO_MANY", "REFUSED")
    return {getattr(module, name).code for module in modules for name in names if hasattr(module, name)}


INVENTED_CODES = {
    "ЭҮШ": INVENTED | {code for code, _ in map(status_of, MessageState)},
    "ГБД ФЛ": _entries(gbdfl_answer) | {each.code for each in REFUSALS.values()} | CONSENT_REFUSED,
    "ГБД ЮЛ": _entries(gbdul_answer),
    "БНАЖ": _entries(enis_answer) | set(PowerState),
    "КДП": {*kdp_messages.Status, *kdp_messages.Checked, NOBODY.code},
    "Temporary store": {*FileStatus, BUSINESS_ERROR.code},
}


@pytest.mark.parametrize("system", INVENTED_CODES)
def test_every_invented_code_is_listed_among_the_inventions(system: str) -> None:
    listed = set(_TOKEN.findall(_section("inventions.md", system)))
    assert not _missing(INVENTED_CODES[system], listed)


def test_no_invented_code_of_the_gateway_is_listed_that_it_does_not_send() -> None:
    listed = set(re.findall(r"`(SCE00[23]|QYZMET-[A-Z-]+)`", _section("inventions.md", "ЭҮШ")))
    assert listed == INVENTED_CODES["ЭҮШ"]


def test_every_code_of_flow_and_desk_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md")
    facts = {name: f"{{{name}}}" for name in ("seconds", "name", "limit", "number", "field", "why")}
    said = {code: FlowError(code).text.en for code in FlowCode}
    said |= {code: DeskError(code, **facts).text.en for code in DeskCode}
    said |= {code: Broken(code, "").text.en for code in BrokenCode}
    assert {code: rows.get(code.value) for code in said} == {code: [text] for code, text in said.items()}
    others = (ExchangeCode, UnavailableCode, NumberErrorCode, PasswordErrorCode, FormProblemCode)
    assert not _missing([code for codes in others for code in codes], rows)


def test_every_refusal_of_a_page_has_its_row_with_its_status() -> None:
    table = next(t for t in _tables(REFERENCE / "flow-and-desk-codes.md") if t[0][1] == "status")
    listed = {(row[0].strip("`"), int(row[1])) for row in table[1:]}
    kinds = [refusals.PageError, *_subclasses(refusals.PageError)]
    assert listed == {(kind.code, kind.status) for kind in kinds if kind.__module__ == refusals.__name__}


def _subclasses(kind: type) -> list[type]:
    return [found for one in kind.__subclasses__() for found in (one, *_subclasses(one))]


def _fields(model: type[BaseModel], prefix: str, *, without: Iterable[str] = ()) -> dict[str, str]:
    """Return the settings of a part with their defaults as they are written, the parts inside it left out."""
    nested = {"key", "gateways", "registries", "arm", "trust", "channels", "desk", "checks"}
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if name in nested or name in without:
            continue
        found[prefix + name] = "required" if field.is_required() else _written(field.default)
    return found


def _written(default: object) -> str:
    """Return a default as a settings file writes it."""
    if default is None:
        return "none"
    plain = TypeAdapter(type(default)).dump_python(default, mode="json")
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def test_every_setting_has_its_row_with_its_default() -> None:
    wanted = _fields(Settings, "") | _fields(TrustSettings, "trust.") | _fields(Participant, "*.")
    wanted |= _fields(SystemKey, "*.key.") | _fields(GatewayConnection, "*.gateways.<name>.")
    wanted |= _fields(Channels, "channels.", without=Participant.model_fields)
    wanted |= _fields(Desk, "desk.", without=Participant.model_fields)
    wanted |= _fields(Registries, "desk.registries.") | _fields(Checks, "checks.") | _fields(Arm, "channels.arm.")
    for name in ("database_schema", "port", "sender_id"):
        own = [model.model_fields[name].default for model in (Channels, Desk)]
        wanted[f"*.{name}"] = ", ".join(str(default) for default in own)
    rows = _rows("settings.md", width=3)
    assert {name: row[0].replace("`", "") for name, row in rows.items()} == wanted


def test_every_command_has_its_row() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    offered = set(_own_commands()) | set(project["project"]["entry-points"]["qyzmet.commands"])
    rows = _rows("commands.md")
    assert {name.removeprefix("qyzmet ") for name in rows if name.startswith("qyzmet ")} == offered


def test_every_target_of_make_that_says_what_it_does_has_its_row() -> None:
    said = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not _missing([f"make {target}" for target in said], _rows("commands.md"))


def test_every_way_to_fail_a_walk_has_its_row() -> None:
    rows = _rows("commands.md")
    assert {name for name in rows if name.startswith("condition-")} == {one for one in WAYS if "condition-" in one}
    assert set(WAYS) <= set(rows)


def test_every_port_has_its_row() -> None:
    rows = _rows("ports-and-addresses.md", width=3)
    assert {row[0].strip("`"): int(port) for port, row in rows.items()} == {
        field.name: field.default for field in fields(Ports)
    }


def test_every_step_of_the_portal_flow_has_its_row_with_its_lines() -> None:
    rows = _rows("portal-flow.md", width=5)
    services = load_catalogue().services
    for column, service in enumerate(SERVICES.values()):
        flow = services[service].portal_flow
        wanted = {f"{step.kind} {step.number}": str(step.lines) for step in flow.steps}
        wanted["registration"] = str(flow.registration.lines)
        assert {step: row[column] for step, row in rows.items()} == wanted
        for step in flow.steps:
            if step.on_fail is not None:
                assert rows[f"{step.kind} {step.number}"][3] == " ".join(map(str, step.on_fail))


def test_every_procedure_step_has_its_row_with_lines_term_and_actions() -> None:
    table = next(t for t in _tables(REFERENCE / "portal-flow.md") if t[0][0] == "service")
    listed = {(row[0], row[1]): (row[2], row[4], row[5].replace("`", "")) for row in table[1:]}
    wanted = {}
    for letter, service in SERVICES.items():
        for step in load_catalogue().services[service].procedures[0].steps:
            unit = step.duration.unit.value.replace("-", " ")
            term = f"{step.duration.value} {unit if step.duration.value > 1 else unit.removesuffix('s')}"
            actions = ", ".join(action.verb.value for action in step.actions)
            wanted[letter, str(step.number)] = (str(step.lines), term, actions)
    assert listed == wanted


def test_every_state_of_an_application_has_its_row() -> None:
    assert not _missing(State, _rows("portal-flow.md", width=2))


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_a_page_made_of_the_catalogue_is_up_to_date(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == pages.PAGES[name](load_catalogue()), "run: python -m gateway.catalogue.pages docs/reference"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.is_file(), f"{target}: no such page"
        assert ROOT in found.parents, f"{target}: outside of the project"
        if anchor:
            assert anchor in _anchors(found), f"{target}: no such heading"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_is_reached_from_the_map() -> None:
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in _LINK.findall(text)}
    assert not {_name(page) for page in PAGES if page.resolve() not in linked and page.name != "README.md"}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_names_exists(page: Path) -> None:
    for token in _TOKEN.findall(page.read_text(encoding="utf-8")):
        if _DOTTED.fullmatch(token):
            assert _resolves(token), f"{token}: no such thing in the code"
        elif _PATH.fullmatch(token):
            assert (ROOT / token).exists(), f"{token}: no such file"


def _resolves(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name) and name not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, name, None)
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_names_no_package_registry_and_no_path_of_a_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not _MACHINE_PATH.findall(text)
    assert not _REGISTRY_HOST.findall(text)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_identity_number_of_a_page_is_synthetic(page: Path) -> None:
    for number in _TWELVE_DIGITS.findall(page.read_text(encoding="utf-8")):
        assert parse_number(number).synthetic, number


def test_the_tutorial_names_buttons_and_links_as_the_pages_do() -> None:
    web = ROOT / "gateway" / "web"
    sources = [*web.rglob("*.py"), *web.rglob("*.html")]
    words = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    # Roles stand in bold before what they do.
    named = set(re.findall(r"\*\*([^*]+)\*\*", (DOCS / "tutorial" / "first-service.md").read_text(encoding="utf-8")))
    unknown = {name for name in named - {"Clerk", "Head", "Executor"} if f'("{" ".join(name.split())}"' not in words}
    assert not unknown
