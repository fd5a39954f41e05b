import pytest
import xmlschema
import zeep.transports
import zeep.xsd
from lxml import etree

from tests.unit.registries.country import SCHEMAS

FILES = sorted(SCHEMAS.rglob("*.xsd"))
ROOTS = [
    *(f"gbdfl/{edition}{root}.xsd" for edition in ("", "token/", "unifl/") for root in ("question", "answer")),
    "gbdul/gbdul.xsd",
    "enis/enis.xsd",
    "kdp/question.xsd",
    "kdp/answer.xsd",
    "tempstorage/tempstorage.xsd",
]
"""Where a program begins to load: each set has one schema a namespace."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SCHEMAS)))
def test_every_schema_loads_in_libxml2_xmlschema_and_zeep_alike(file):
    etree.XMLSchema(etree.parse(str(file)))
    xmlschema.XMLSchema10(str(file))
    loaded = zeep.xsd.Schema(etree.parse(str(file)).getroot(), zeep.transports.Transport(), location=str(file))
    assert list(loaded.types)


@pytest.mark.parametrize("root", ROOTS, ids=str)
def test_no_namespace_is_described_by_two_files_of_one_set(root):
    described = dict[str, set]()
    for file in reached_from(SCHEMAS / root):
        schema = etree.parse(str(file)).getroot()
        for imported in schema.findall("{*}import"):
            named = (file.parent / imported.get("schemaLocation")).resolve()
            described.setdefault(imported.get("namespace"), set()).add(named)
    assert all(len(files) == 1 for files in described.values()), described


def test_every_schema_belongs_to_a_set():
    reached = {file for root in ROOTS for file in reached_from(SCHEMAS / root)}
    assert reached == {file.resolve() for file in FILES}


def reached_from(file):
    """Return a schema and those that it imports or includes."""
    waiting, found = [file.resolve()], set()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        others = etree.parse(str(one)).getroot().iterfind("./*[@schemaLocation]")
        waiting += [(one.parent / other.get("schemaLocation")).resolve() for other in others]
    return found
