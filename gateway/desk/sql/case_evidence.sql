-- What a state database answered about the applicant, as it was signed, and the facts read from it.
CREATE TABLE case_evidence (
    number   text        NOT NULL REFERENCES casefile (number),
    register text        NOT NULL,
    at       timestamptz NOT NULL,
    found    boolean     NOT NULL,
    facts    jsonb       NOT NULL,
    answer   text        REFERENCES blob (sha256),
    PRIMARY KEY (number, register)
);
