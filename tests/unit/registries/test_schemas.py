import pytest
import xmlschema
import zeep.transports
import zeep.xsd
from lxml import etree

from tests.unit.registries.country import SCHEMAS

FILES = sorted(SCHEMAS.rglob("*.xsd"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_schema_loads_in_libxml2_xmlschema_and_zeep_alike(file):
    etree.XMLSchema(etree.parse(str(file)))
    xmlschema.XMLSchema10(str(file))
    loaded = zeep.xsd.Schema(etree.parse(str(file)).getroot(), zeep.transports.Transport(), location=str(file))
    assert list(loaded.types)


def test_no_namespace_is_described_by_two_files():
    namespaces = [etree.parse(str(file)).getroot().get("targetNamespace") for file in FILES]
    named = [namespace for namespace in namespaces if namespace is not None]
    assert len(named) == len(set(named))
    assert len(FILES) == 8
