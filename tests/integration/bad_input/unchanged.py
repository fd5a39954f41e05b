"""What a refusal owes: words in Kazakh and Russian that say what to do, and a database as it was."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from gateway.store import Store
from gateway.texts import Text

_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = $1 AND table_type = 'BASE TABLE' AND table_name NOT LIKE '%pgqueuer_log%' ORDER BY table_name
"""
_KAZAKH = re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_LATIN_WORD = re.compile(r"\b(?!PDF\b|JPEG\b|PNG\b)[A-Za-z]{3,}\b")


async def tables(store: Store) -> list[str]:
    """Return the tables of the participant."""
    return [row["table_name"] for row in await store.database.fetch(_TABLES, store.database.schema)]


async def everything(store: Store) -> dict[str, str]:
    """Return a digest of every table of the participant."""
    return {
        table: await store.database.fetchval(
            f"SELECT md5(coalesce(string_agg(one::text, '|' ORDER BY one::text), '')) FROM {table} AS one"
        )
        for table in await tables(store)
    }


@asynccontextmanager
async def unchanged(store: Store, *, but: Iterable[str] = ()) -> AsyncIterator[None]:
    """Hold the participant's tables against what they were before; `but` names those that may differ."""
    before = await everything(store)
    assert len(before) > 5, "the digest saw no tables"
    yield
    assert differing(before, await everything(store)) <= set(but)


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Return the tables whose digest is another."""
    return {table for table in after if after[table] != before[table]}


def says(text: Text, *, kk: str, ru: str) -> None:
    """Hold a refusal's words against what they must tell in each language."""
    assert kk in text.kk, text.kk
    assert ru in text.ru, text.ru
    assert text.kk != text.ru
    assert _KAZAKH.search(text.kk), f"no Kazakh letter in {text.kk!r}"
    assert not _KAZAKH.search(_unquoted(text.ru)), text.ru
    for words in (text.kk, text.ru, text.en):
        assert words.strip() == words
        assert "{" not in words
        assert words.count("«") == words.count("»")
    assert not _LATIN_WORD.search(text.kk), text.kk
    assert not _LATIN_WORD.search(text.ru), text.ru


def _unquoted(words: str) -> str:
    """Leave out what a person or an office is called."""
    return re.sub(r"«[^»]*»|: [^.:]*\.$", "", words)
