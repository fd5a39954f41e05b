-- Messages that gateways pushed. A message is acknowledged when its row and its job are stored.
CREATE TABLE inbox (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway         text        NOT NULL,
    message_id      text        NOT NULL,
    correlation_id  text        NOT NULL,
    service_id      text        NOT NULL,
    message_type    text        NOT NULL,
    route_id        text,
    message_date    timestamptz NOT NULL,
    sender_id       text        NOT NULL,
    properties      jsonb       NOT NULL,
    session_id      text,
    payload_form    text        NOT NULL,
    payload         bytea       NOT NULL,
    payload_sha256  text        NOT NULL,
    received_at     timestamptz NOT NULL,
    deliveries      integer     NOT NULL DEFAULT 1,   -- how often the gateway pushed it
    state           text        NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'done', 'stopped')),
    attempts        integer     NOT NULL DEFAULT 0,
    last_error      text,
    UNIQUE (gateway, correlation_id, message_id)
);
CREATE INDEX inbox_received ON inbox (gateway, correlation_id, id) WHERE state = 'received';
