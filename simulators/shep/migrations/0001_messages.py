"""Messages on their way, their chains, the journal, systems registered by the admin API."""

from pathlib import Path

import gateway.store
from gateway.store.migrate import run_sql, run_statements

revision, down_revision = "0001", None

SQL = """
CREATE SEQUENCE message_number;
CREATE SEQUENCE correlation_number;

-- Who talks with whom in a chain: one party started it, the other answers.
CREATE TABLE chain (
    correlation_id text        PRIMARY KEY,
    service_id     text        NOT NULL,
    started_by     text        NOT NULL,
    answered_by    text        NOT NULL,
    opened_at      timestamptz NOT NULL
);

-- Accepted messages. A row and its delivery job are stored together, and only then is the sender answered.
CREATE TABLE message (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id        text        NOT NULL,
    correlation_id    text        NOT NULL REFERENCES chain,
    session_id        text        NOT NULL,
    origin            text        NOT NULL,
    origin_message_id text,
    sender_id         text        NOT NULL,
    password_hash     text        NOT NULL,
    service_id        text        NOT NULL,
    message_type      text        NOT NULL,
    route_id          text,
    message_date      timestamptz NOT NULL,
    properties        jsonb       NOT NULL,
    payload_form      text        NOT NULL,
    payload           bytea       NOT NULL,
    payload_sha256    text        NOT NULL,
    target            text        NOT NULL,
    state             text        NOT NULL CHECK (state IN ('ON_DELIVERY', 'DELIVERED', 'NOT_DELIVERED',
                                                            'DELIVERY_STOPPED')),
    accepted_at       timestamptz NOT NULL,
    settled_at        timestamptz,
    attempts          integer     NOT NULL DEFAULT 0,
    last_error        jsonb,
    UNIQUE (origin, origin_message_id)
);
CREATE INDEX message_by_id ON message (message_id);
CREATE INDEX message_on_delivery ON message (correlation_id, target, id) WHERE state = 'ON_DELIVERY';

-- Everything that passed or was refused. Bodies are plain: the people in them are synthetic.
CREATE TABLE journal (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    event          text        NOT NULL,
    channel        text        NOT NULL,
    session_id     text,
    message_id     text,
    correlation_id text,
    service_id     text,
    sender_id      text,
    party          text,
    fault_code     text,
    facts          jsonb       NOT NULL,
    envelope       text
);
CREATE INDEX journal_message ON journal (message_id);
CREATE INDEX journal_session ON journal (session_id);
CREATE INDEX journal_correlation ON journal (correlation_id);
CREATE INDEX journal_service ON journal (service_id);

CREATE TABLE registered_system (
    sender_id     text        PRIMARY KEY,
    entry         jsonb       NOT NULL,
    services      jsonb       NOT NULL,
    registered_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    run_sql(Path(gateway.store.__file__).parent / "sql" / "timer.sql")
    run_statements(SQL)
