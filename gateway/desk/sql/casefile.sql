-- One application at the provider. What it waits for stands in the row: the procedure's step and action, the role and
-- the person who may act. `version` grows with every change; an action names the version it was shown.
CREATE TABLE casefile (
    number             text        PRIMARY KEY CHECK (number ~ '^[0-9]{14}$'),
    content_key        text        NOT NULL UNIQUE,
    service            text        NOT NULL,
    office             text        NOT NULL,
    flow               text        NOT NULL,
    applicant_number   text        NOT NULL,
    applicant_name     text        NOT NULL,
    fields             jsonb       NOT NULL,
    signed_application text        NOT NULL REFERENCES blob (sha256),
    gateway            text        NOT NULL,
    correlation_id     text,
    submitted_at       timestamptz NOT NULL,
    registered_at      timestamptz NOT NULL,
    result_due         timestamptz NOT NULL,
    state              text        NOT NULL CHECK (state IN ('open', 'closed')),
    step               integer     NOT NULL,
    action             integer     NOT NULL,
    awaits_verb        text,
    awaits_role        text,
    due_at             timestamptz,
    late               boolean     NOT NULL DEFAULT false,
    claimed_by         bigint      REFERENCES staff (id),
    executor           bigint      REFERENCES staff (id),
    instruction        text,
    check_result       text        NOT NULL CHECK (check_result IN ('waiting', 'passed', 'failed')),
    check_reason       jsonb,
    journal_number     text,
    result_number      text        UNIQUE,
    decision           jsonb,
    draft              text        REFERENCES blob (sha256),
    signed_result      text        REFERENCES blob (sha256),
    pick_up            jsonb,
    closed_at          timestamptz,
    sequence           integer     NOT NULL DEFAULT 0,
    version            integer     NOT NULL DEFAULT 1,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'open') = (awaits_verb IS NOT NULL))
);
CREATE INDEX casefile_inbox ON casefile (office, awaits_role, due_at, number) WHERE state = 'open';
CREATE INDEX casefile_of_executor ON casefile (executor, due_at) WHERE state = 'open' AND executor IS NOT NULL;
CREATE INDEX casefile_of_office ON casefile (office, registered_at DESC, number);
