-- What was answered to a question, by where it came from and its messageId: a repetition gets the same and acts no more.
-- An answer that made room for later ones leaves its digest until its time is over (`kept` is false).
CREATE TABLE first_answer (
    origin         text        NOT NULL,
    message_id     text        NOT NULL,
    digest         text        NOT NULL,
    answered_at    timestamptz NOT NULL,
    kept           boolean     NOT NULL DEFAULT true,
    size           integer     NOT NULL,
    answer_id      text,
    correlation_id text,
    session_id     text,
    response_date  timestamptz NOT NULL,
    status_code    text        NOT NULL,
    status_message text        NOT NULL,
    payload_form   text,
    payload        bytea,
    PRIMARY KEY (origin, message_id)
);
ALTER TABLE first_answer ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX first_answer_answered_at ON first_answer (answered_at);
