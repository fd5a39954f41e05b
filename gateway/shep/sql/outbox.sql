-- Messages on their way to a gateway. One is put in the transaction that has a reason to send it, with its job.
CREATE TABLE outbox (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key             text        NOT NULL UNIQUE,      -- the sender's own name for the message: putting twice puts once
    chain           text        NOT NULL,             -- messages of one chain are handed over in the order they were put
    gateway         text        NOT NULL,
    service_id      text        NOT NULL,
    message_type    text        NOT NULL,
    message_id      text,                             -- ours; none for a REQUEST, whose id the gateway issues
    correlation_id  text,
    route_id        text,
    properties      jsonb       NOT NULL,
    payload_form    text        NOT NULL,
    payload         bytea       NOT NULL,
    put_at          timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'stopped')),
    attempts        integer     NOT NULL DEFAULT 0,
    tried_at        timestamptz,
    last_error      jsonb,
    receipt         jsonb,                            -- what the gateway answered
    delivery_state  text,                             -- what the gateway told later of the delivery
    on_sent         jsonb,                            -- {"job", "payload"}: enqueued when the message is handed over
    on_stopped      jsonb
);
CREATE INDEX outbox_waiting ON outbox (chain, id) WHERE state = 'waiting';
CREATE INDEX outbox_receipt ON outbox ((receipt ->> 'message_id')) WHERE receipt IS NOT NULL;
