-- Applications of the portal, from the draft to the result. Only gateway.flows writes here.
CREATE SEQUENCE application_number;
CREATE TABLE application (
    number           text        PRIMARY KEY CHECK (number ~ '^[0-9]{14}$'),
    account          bigint      NOT NULL,
    service          text        NOT NULL,
    office           text        NOT NULL,
    applicant_number text        NOT NULL,
    applicant_name   text        NOT NULL,
    state            text        NOT NULL,
    fields           jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    changed_at       timestamptz NOT NULL,
    certificate      bytea,       -- chosen in process 3, DER
    draft            bytea,       -- what is shown and signed, exactly
    verdict          jsonb,       -- the last outcome of condition 2
    signed           text,        -- SHA-256 of the signed application among the blobs
    signed_at        timestamptz,
    hold_until       timestamptz, -- when a held application is refused
    accepted_at      timestamptz,
    result_due       timestamptz
);
CREATE INDEX application_of_account ON application (account, changed_at DESC);

CREATE TABLE attachment (
    application     text    NOT NULL REFERENCES application ON DELETE CASCADE,
    document        text    NOT NULL, -- kind by the catalogue
    name            text    NOT NULL,
    media_type      text    NOT NULL,
    size            bigint  NOT NULL,
    sha256          text    NOT NULL,
    file_identifier text,             -- in the temporary store, once it was taken there
    PRIMARY KEY (application, document)
);
