-- Every envelope that passed the participant's doors. The body is sealed (gateway.journal.vault); who is spoken of is
-- found by keyed hash. Lines are removed when their time is over; a person's erasure empties `body` and `persons`.
CREATE TABLE message_log (
    id             uuid        PRIMARY KEY,       -- made before the line is written: the body is sealed for it
    number         bigint      GENERATED ALWAYS AS IDENTITY,
    at             timestamptz NOT NULL,
    direction      text        NOT NULL CHECK (direction IN ('in', 'out')),
    gateway        text        NOT NULL,
    operation      text,
    is_answer      boolean     NOT NULL,
    service        text,
    message_type   text,
    message_id     text,
    correlation_id text,
    session_id     text,
    outcome        text        NOT NULL,          -- empty for what went well, else a code
    size           integer     NOT NULL,
    sha256         text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    persons        text[]      NOT NULL,
    body           bytea,
    sealed_by      text,                          -- the name of the key
    erased_at      timestamptz,
    CHECK ((body IS NULL) = (sealed_by IS NULL)),
    CHECK ((body IS NULL) = (erased_at IS NOT NULL))
);
ALTER TABLE message_log ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX message_log_at ON message_log (at);
CREATE INDEX message_log_persons ON message_log USING gin (persons);
CREATE INDEX message_log_message ON message_log (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX message_log_chain ON message_log (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX message_log_session ON message_log (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX message_log_sealed_by ON message_log (sealed_by) WHERE sealed_by IS NOT NULL;

CREATE FUNCTION message_log_keeps_its_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of the message log keeps its facts: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER message_log_keeps_its_facts
    BEFORE UPDATE OF id, at, direction, gateway, operation, is_answer, service, message_type, message_id,
                     correlation_id, session_id, outcome, size, sha256
    ON message_log FOR EACH ROW EXECUTE FUNCTION message_log_keeps_its_facts();

-- Who looked for a person, opened a body or erased one, and why. Rows are added and never changed or removed.
CREATE TABLE message_reading (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    reader  text        NOT NULL,
    role    text        NOT NULL,
    act     text        NOT NULL CHECK (act IN ('search', 'open', 'erase', 'review')),
    allowed boolean     NOT NULL,
    line    uuid,
    person  text,
    reason  text        NOT NULL,
    facts   jsonb       NOT NULL
);
CREATE INDEX message_reading_at ON message_reading (at);

CREATE FUNCTION message_reading_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the readings are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER message_reading_is_append_only BEFORE UPDATE OR DELETE ON message_reading
    FOR EACH ROW EXECUTE FUNCTION message_reading_is_append_only();
CREATE TRIGGER message_reading_is_never_emptied BEFORE TRUNCATE ON message_reading
    FOR EACH STATEMENT EXECUTE FUNCTION message_reading_is_append_only();
