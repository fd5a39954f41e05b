"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted(path for folder in ("gateway", "simulators") for path in (ROOT / folder).rglob("*.py"))
SQL = sorted(path for folder in ("gateway", "simulators") for path in (ROOT / folder).rglob("*.sql"))
REAL_TIME = {
    "gateway/clock.py",  # the clock itself
    "gateway/web/sessions.py",  # cookies stay on real time
    "gateway/web/once.py",  # so do one-time form tokens
}
"""Where the machine's own time may be read; everything else asks the injected clock."""


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_no_domain_query_asks_the_database_for_the_time():
    asking = re.compile(r"\b(now\(\)|current_timestamp|clock_timestamp\(\)|localtimestamp)", re.IGNORECASE)
    found = [str(path.relative_to(ROOT)) for path in SQL if asking.search(path.read_text(encoding="utf-8"))]
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", node.value) and asking.search(node.value):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_the_machines_time_is_read_by_the_clock_alone():
    reading = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(")
    found = {str(path.relative_to(ROOT)) for path in SOURCES if reading.search(path.read_text(encoding="utf-8"))}
    assert found <= REAL_TIME


def test_there_is_no_cupboard_for_what_has_no_room():
    cupboards = re.compile(r"^(utils?|helpers?|common|misc|managers?)(\.py)?$")
    names = {part for path in SOURCES for part in path.relative_to(ROOT).parts}
    assert [name for name in names if cupboards.match(name)] == []


def test_a_long_module_says_why_it_is_one_thing():
    silent = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 400 and "one thing" not in (ast.get_docstring(ast.parse(text)) or ""):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_no_file_names_a_registry_host_or_a_path_of_one_machine():
    naming = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|/work/main|/work/shared|/root/")
    found = []
    for path in _tracked():
        picture_or_gone = path.suffix in {".png", ".ico", ".pdf"} or not path.exists()
        if picture_or_gone or path.name in {"test_house_rules.py", "test_reference.py"}:
            continue
        if naming.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_nothing_secret_is_tracked():
    secret = re.compile(r"\.(p12|pfx|key)$|(^|/)secret$|\.qyzmet/")
    found = [str(path.relative_to(ROOT)) for path in _tracked() if secret.search(str(path.relative_to(ROOT)))]
    for path in _tracked():
        if path.exists() and path.suffix in {".pem", ".py", ".yaml", ".md", ".txt"}:
            text = path.read_text(encoding="utf-8", errors="ignore")
            if re.search(r"-----BEGIN (RSA |EC )?PRIVATE KEY-----\n[A-Za-z0-9+/=]{40}", text):
                found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_a_table_is_written_from_one_room():
    writing = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?([a-z_]+)\b")
    tables = {
        name
        for path in SQL
        for name in re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)", path.read_text(encoding="utf-8"))
    }
    rooms: dict[str, set[str]] = {}
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "gateway":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for table in set(writing.findall(node.value)) & tables:
                    rooms.setdefault(table, set()).add(parts[1])
    assert {table: names for table, names in rooms.items() if len(names) > 1} == {}


def test_the_gateway_reaches_the_outside_through_the_client_of_shep_the_trust_core_and_the_clock_alone():
    doors = {"gateway/shep/line.py", "gateway/eds/revocation/fetch.py", "gateway/clock.py"}
    sessions_made = {"gateway/app/surroundings.py", "gateway/commands/participant_store.py"}
    other_ways = {"socket", "ssl", "urllib.request", "http.client", "requests", "httpx", "urllib3", "smtplib", "ftplib"}
    calls = {"get", "post", "put", "patch", "delete", "head", "request", "ws_connect"}
    asking, making, going_round = set(), set(), []
    for path in SOURCES:
        name = str(path.relative_to(ROOT))
        if not name.startswith("gateway/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncWith):
                for item in node.items:
                    call = item.context_expr
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in calls:
                        asking.add(name)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("ClientSession", "open_connection")):
                making.add(name)
            if isinstance(node, ast.Import):
                going_round += [(name, each.name) for each in node.names if each.name in other_ways]
            if isinstance(node, ast.ImportFrom) and node.module in other_ways:
                going_round.append((name, node.module))
    assert asking == doors
    assert making == sessions_made
    assert going_round == []
