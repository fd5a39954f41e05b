-- A thing to do later: when `due_at` has come by the injected clock, the job `name` is enqueued with `payload`.
-- `again` marks a failed job that was put off; its payload then holds the attempt as well.
CREATE TABLE timer (
    name    text        NOT NULL,
    key     text        NOT NULL,
    due_at  timestamptz NOT NULL,
    payload jsonb       NOT NULL,
    again   boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (name, key)
);
CREATE INDEX timer_due ON timer (due_at);
