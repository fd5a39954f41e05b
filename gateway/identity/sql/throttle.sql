-- Attempts to log in, by account and by source. Times are real time; rows that no longer count are removed.
CREATE TABLE throttle (
    subject    text        PRIMARY KEY,
    attempts   integer     NOT NULL,
    last_at    timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX throttle_age ON throttle (last_at);
