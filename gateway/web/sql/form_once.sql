CREATE TABLE form_once (
    digest     text PRIMARY KEY,
    location   text,
    claimed_at timestamptz NOT NULL
);

CREATE INDEX form_once_claimed_at ON form_once (claimed_at);
