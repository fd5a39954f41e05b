-- Accounts of the portal, by the number of the person or organisation.
CREATE TABLE account (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number        text        NOT NULL UNIQUE CHECK (number ~ '^[0-9]{12}$'),
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    certificate   text        NOT NULL,
    created_at    timestamptz NOT NULL,
    confirmed_at  timestamptz NOT NULL
);
-- A registration that waits for its signature. The nonce is single-use; expiry is real time.
CREATE TABLE registration (
    nonce         text        PRIMARY KEY,
    number        text        NOT NULL,
    session       text        NOT NULL,
    password_hash text        NOT NULL,
    document      bytea       NOT NULL,
    expires_at    timestamptz NOT NULL,
    used          boolean     NOT NULL DEFAULT false
);
CREATE INDEX registration_expiry ON registration (expires_at);
