-- Every time a case stands at a step of the procedure, with the deadline of that step. A step that is returned to
-- begins anew under the next ordinal.
CREATE TABLE case_step (
    number      text        NOT NULL REFERENCES casefile (number),
    ordinal     integer     NOT NULL,
    step        integer     NOT NULL,
    started_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    finished_at timestamptz,
    late        boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (number, ordinal)
);
