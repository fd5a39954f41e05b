-- What an applicant presents after the application, because the provider waits for it. Only gateway.flows writes here.
CREATE TABLE supplement (
    application text        PRIMARY KEY REFERENCES application,
    state       text        NOT NULL,
    until       timestamptz NOT NULL, -- the end of the provider's waiting, as the desk told it
    documents   text[]      NOT NULL, -- kinds by the catalogue
    told        integer     NOT NULL, -- the sequence of the desk's last word about the waiting
    certificate bytea,                -- chosen to sign with, DER
    draft       bytea,                -- what is shown and signed, exactly
    verdict     jsonb,                -- the last outcome of the check of the certificate
    signed      text,                 -- SHA-256 of the signed supplement among the blobs
    signed_at   timestamptz,
    hold_until  timestamptz,          -- when a held supplement goes back to its applicant
    sent_at     timestamptz,
    refusal     jsonb                 -- why the desk did not take it, with its words
);

CREATE TABLE supplement_file (
    application     text    NOT NULL REFERENCES supplement ON DELETE CASCADE,
    document        text    NOT NULL,
    name            text    NOT NULL,
    media_type      text    NOT NULL,
    size            bigint  NOT NULL,
    sha256          text    NOT NULL,
    file_identifier text,
    PRIMARY KEY (application, document)
);
