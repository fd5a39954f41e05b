"""Pull and delivery notifications, first answers, changes of the registry, and a journal that finds persons."""

from gateway.store.migrate import run_statements

revision, down_revision = "0002", "0001"

SQL = """
-- `deliver_from` begins the limit of delivery; `handed_out_at` says that a receiver was given the message to fetch;
-- `settled_by` tells what a receiver said by itself (`notification`) from what the gateway saw.
ALTER TABLE message ADD COLUMN deliver_from  timestamptz;
ALTER TABLE message ADD COLUMN handed_out_at timestamptz;
ALTER TABLE message ADD COLUMN settled_by    text;
UPDATE message SET deliver_from = accepted_at;
ALTER TABLE message ALTER COLUMN deliver_from SET NOT NULL;
CREATE INDEX message_waiting ON message (target, service_id, id) WHERE state = 'ON_DELIVERY';
CREATE INDEX message_by_state ON message (state, id);

-- What a receiver told about a message that it was given; one row a hand-out and verdict, however often it is told.
CREATE TABLE delivery_notification (
    message         bigint      NOT NULL REFERENCES message,
    attempt         integer     NOT NULL,
    verdict         text        NOT NULL,
    notification_id text        NOT NULL,
    session_id      text        NOT NULL,
    noted_at        timestamptz NOT NULL,
    PRIMARY KEY (message, attempt, verdict)
);

-- The first answer to each question of the synchronous channel, for those who ask again under its messageId.
CREATE TABLE first_answer (
    origin         text        NOT NULL,
    message_id     text        NOT NULL,
    digest         text        NOT NULL,
    answered_at    timestamptz NOT NULL,
    answer_id      text        NOT NULL,
    correlation_id text,
    session_id     text,
    response_date  timestamptz NOT NULL,
    status_code    text        NOT NULL,
    status_message text        NOT NULL,
    payload_form   text,
    payload        bytea,
    PRIMARY KEY (origin, message_id)
);
CREATE INDEX first_answer_age ON first_answer (answered_at);

-- What the admin API changed in the registry of the file; no entry is a removal.
CREATE TABLE registry_change (
    position   bigint      GENERATED ALWAYS AS IDENTITY,
    kind       text        NOT NULL CHECK (kind IN ('system', 'peer', 'service', 'route', 'rights')),
    name       text        NOT NULL,
    entry      jsonb,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (kind, name)
);
INSERT INTO registry_change (kind, name, entry, changed_at)
SELECT 'system', sender_id, entry, registered_at FROM registered_system
UNION ALL SELECT 'rights', sender_id, services, registered_at FROM registered_system;
DROP TABLE registered_system;

ALTER TABLE journal ADD COLUMN persons   text[] NOT NULL DEFAULT '{}';
ALTER TABLE journal ADD COLUMN canonical text;
CREATE INDEX journal_persons ON journal USING gin (persons);
CREATE INDEX journal_sender ON journal (sender_id, id);
CREATE INDEX journal_at ON journal (at);
"""


def upgrade() -> None:
    run_statements(SQL)
