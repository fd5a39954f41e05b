import ast
import asyncio
import contextlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# What would stay in the session of a connection that is given back to the pool; pools do not clear it.
LEAVES_SOMETHING = re.compile(
    r"\s*(SET\s+(SESSION\s+)?(?!LOCAL\b)\w+\s*(=|TO\b)|LISTEN\s|DECLARE\s.*WITH\s+HOLD|SELECT\s+(set_config|pg_(try_)?advisory_lock)\()",
    re.DOTALL,
)
GIVES_BACK = {"gateway/store/migrate.py"}  # its lock is given back on the same connection


@pytest.fixture
async def store(new_store):
    return await new_store("ground")


async def test_a_transaction_that_was_left_open_is_rolled_back_for_the_next_user(store):
    database = store.database
    await database.execute("CREATE TABLE seen (n integer)")
    with contextlib.suppress(RuntimeError):
        async with database.transaction() as conn:
            await conn.execute("INSERT INTO seen VALUES (1)")
            raise RuntimeError
    assert await database.fetchval("SELECT count(*) FROM seen") == 0
    assert await database.fetchval("SELECT current_setting('search_path')") == database.schema


async def test_giving_a_connection_back_costs_no_query(store):
    asked = []
    async with store.database.transaction() as lent:
        lent.add_query_logger(lambda query: asked.append(query.query))
        await lent.execute("SELECT 1")
    await store.database.fetchval("SELECT 2")
    await asyncio.sleep(0)  # loggers are told in the next turn of the loop
    assert asked == ["SELECT 1", "COMMIT;", "SELECT 2"]


def test_nobody_leaves_anything_in_the_session_of_a_lent_connection():
    found = set()
    for path in (one for folder in ("gateway", "simulators") for one in (ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        goes_on = {part for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in text.values[1:]}
        for node in ast.walk(tree):
            if node in goes_on or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue  # no text, or the middle of one
            if LEAVES_SOMETHING.match(node.value):
                found.add(f"{name}: {node.value[:60]}" if name not in GIVES_BACK else name)
    assert found <= GIVES_BACK
