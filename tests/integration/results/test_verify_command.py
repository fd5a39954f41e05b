"""The command: files in, exit status and words out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from gateway.eds.evidence import add_ocsp
from gateway.results.pdf import compile_pdf
from gateway.results.verify import add_arguments, run
from tests.unit.results.issuing import ISSUED, authority, certificate, head, signed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = signed(certificate())
    answer = authority().ocsp(head().certificate)
    files = {
        "bare.xml": data,
        "kept.xml": add_ocsp(data, [answer]),
        "kept.pdf": compile_pdf(add_ocsp(data, [answer])),
        "changed.xml": data.replace("Әсел".encode(), "Әсем".encode()),
        "good.ocsp": answer,
        "good.crl": authority().crl(),
        "notes.txt": b"no signature here",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    for number, one in enumerate(authority().anchors):
        (anchors / f"{number}.cer").write_bytes(one.der)
    return tmp_path


def verify(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([*arguments, "--anchors", str(folder / "anchors")]))


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["kept.xml"], 0),
        (["kept.pdf"], 0),
        (["bare.xml"], 2),
        (["bare.xml", "--revocation", "if-available"], 0),
        (["bare.xml", "--revocation", "none"], 0),
        (["bare.xml", "--ocsp", "good.ocsp"], 0),
        (["bare.xml", "--crl", "good.crl"], 0),
        (["kept.xml", "--at", ISSUED.isoformat()], 0),
        (["kept.xml", "--at", "2020-01-01"], 1),
        (["changed.xml"], 1),
        (["notes.txt"], 3),
    ],
)
def test_exit_status_tells_the_verdict(
    folder: Path, arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(folder / one) if (folder / one).is_file() else one for one in arguments]
    assert verify(folder, *given) == status
    assert capsys.readouterr().out


def test_json_has_the_verdict_the_code_and_the_signers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder, str(folder / "kept.pdf"), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["code"], report["page"]) == ("valid", "ok", "identical")
    assert report["signers"][0]["serial"] == head().certificate.serial_hex


@pytest.mark.parametrize(("language", "word"), [("kk", "ЖАРАМДЫ"), ("ru", "ДЕЙСТВИТЕЛЕН"), ("en", "VALID")])
def test_words_are_in_the_language_asked_for(
    folder: Path, language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(folder, str(folder / "kept.xml"), "--lang", language) == 0
    assert capsys.readouterr().out.startswith(word)


@pytest.mark.parametrize("arguments", [["missing.xml"], ["kept.xml", "--ocsp", "missing.ocsp"]])
def test_missing_file_is_wrong_usage_and_no_verdict(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one if one.startswith("--") else str(folder / one) for one in arguments]
    assert verify(folder, *given) == 64
    assert capsys.readouterr().out == ""
