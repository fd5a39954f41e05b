-- The root and the issuing authority, with the counters of their revocation lists. The row is locked by whoever
-- changes a status or publishes a list, so that no list misses a change.
CREATE TABLE authority (
    name         text   PRIMARY KEY CHECK (name IN ('root', 'issuing')),
    certificate  bytea  NOT NULL,
    base_url     text   NOT NULL,
    crl_number   bigint NOT NULL DEFAULT 0,
    delta_number bigint NOT NULL DEFAULT 0
);

-- Every certificate that was issued, with its present status.
CREATE TABLE certificate (
    serial      text        PRIMARY KEY CHECK (serial ~ '^[0-9a-f]{40}$'),
    issuer      text        NOT NULL REFERENCES authority,
    template    text        NOT NULL,
    subject     jsonb       NOT NULL,
    der         bytea       NOT NULL,
    not_before  timestamptz NOT NULL,
    not_after   timestamptz NOT NULL,
    issued_at   timestamptz NOT NULL,
    base_url    text        NOT NULL,
    status      text        NOT NULL DEFAULT 'good' CHECK (status IN ('good', 'revoked', 'hold')),
    reason      text,
    changed_at  timestamptz
);
CREATE INDEX certificate_iin ON certificate ((subject ->> 'iin'));
CREATE INDEX certificate_not_good ON certificate (issuer) WHERE status <> 'good';

-- Every change of a status, in order; delta lists are read off it.
CREATE TABLE status_change (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial      text        NOT NULL REFERENCES certificate,
    issuer      text        NOT NULL REFERENCES authority,
    from_status text        NOT NULL,
    to_status   text        NOT NULL,
    reason      text,
    at          timestamptz NOT NULL
);
CREATE INDEX status_change_issuer ON status_change (issuer, number);

-- Published revocation lists; `at_change` is the last change of a status that the list knows of.
CREATE TABLE crl (
    issuer      text        NOT NULL REFERENCES authority,
    kind        text        NOT NULL CHECK (kind IN ('full', 'delta')),
    number      bigint      NOT NULL,
    base_number bigint,
    is_base     boolean     NOT NULL,
    at_change   bigint      NOT NULL,
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    der         bytea       NOT NULL,
    PRIMARY KEY (issuer, kind, number)
);

-- Who holds keys made here: demo people and systems. The passwords are those of a simulation.
CREATE TABLE holder (
    id        text    PRIMARY KEY,
    kind      text    NOT NULL,
    subject   jsonb   NOT NULL,
    password  text    NOT NULL,
    published boolean NOT NULL
);

-- Their key stores, made when first asked for.
CREATE TABLE key_store (
    holder  text  NOT NULL REFERENCES holder ON DELETE CASCADE,
    purpose text  NOT NULL,
    serial  text  NOT NULL REFERENCES certificate,
    pkcs12  bytea NOT NULL,
    PRIMARY KEY (holder, purpose)
);

-- The certificates of the OCSP responder and of the time-stamping authority; their keys are in the keys folder.
CREATE TABLE responder (
    name   text PRIMARY KEY CHECK (name IN ('ocsp', 'tsa')),
    serial text NOT NULL REFERENCES certificate
);
