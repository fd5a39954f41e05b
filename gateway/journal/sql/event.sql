-- What happened, in order. Rows are added and never changed or removed.
-- An event belongs to an application, or (before there is one) to a session of the portal, or to a person by keyed hash.
-- `place` orders events of one application that happened at the same moment.
-- `key` makes an event that may be told twice (a notice that is delivered again) one event.
CREATE TABLE event (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application text,
    session     text,
    person      text,
    flow        text        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('process', 'condition', 'procedure', 'note')),
    number      integer     NOT NULL CHECK (number >= 0),
    outcome     text        NOT NULL CHECK (outcome IN ('done', 'passed', 'failed', 'undetermined')),
    at          timestamptz NOT NULL,
    actor       text        NOT NULL,
    facts       jsonb       NOT NULL,
    place       integer     NOT NULL DEFAULT 0,
    key         text,
    CHECK (num_nonnulls(application, session, person) > 0)
);
CREATE UNIQUE INDEX event_told_once ON event (application, key) WHERE key IS NOT NULL;
CREATE INDEX event_of_application ON event (application, at, place, id) WHERE application IS NOT NULL;
CREATE INDEX event_of_session ON event (session, id) WHERE session IS NOT NULL;
CREATE INDEX event_of_person ON event (person, id) WHERE person IS NOT NULL;

CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only();
