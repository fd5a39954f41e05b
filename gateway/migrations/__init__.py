"""Alembic revisions of the two participants' schemas: `channels/` and `desk/`."""

from pathlib import Path

_GATEWAY = Path(__file__).resolve().parents[1]
CHANNELS = Path(__file__).with_name("channels")
DESK = Path(__file__).with_name("desk")
COMMON = tuple(
    _GATEWAY / name
    for name in (
        "store/sql/timer.sql",
        "store/sql/blob.sql",
        "shep/sql/outbox.sql",
        "shep/sql/inbox.sql",
        "web/sql/form_once.sql",
    )
)
"""The tables that every participant has."""
MESSAGE_LOG = tuple(_GATEWAY / name for name in ("journal/sql/message_log.sql", "shep/sql/sealed_payloads.sql"))
"""What revision 0002 of both schemas brings."""
OUTBOX_SENDINGS = _GATEWAY / "shep/sql/outbox_sendings.sql"
"""What revision 0003 of both schemas brings."""
ACTION_KIND = _GATEWAY / "journal/sql/action_kind.sql"
"""What the journals of both schemas need for flows that are lists of actions."""
PASSING_TOKENS = _GATEWAY / "web/sql/form_once_passing.sql"
"""What takes the one-time tokens of both schemas out of the write-ahead log."""
