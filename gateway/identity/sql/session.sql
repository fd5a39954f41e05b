-- Sessions of the web pages, by the SHA-256 of the key that only the browser has. Times are real time.
CREATE TABLE session (
    digest     text        PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    account    text,
    data       jsonb       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_of_account ON session (account) WHERE account IS NOT NULL;
CREATE INDEX session_expiry ON session (expires_at);
