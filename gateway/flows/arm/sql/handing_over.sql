-- Results handed over at a department's window, against the receipt. Only gateway.flows.arm writes here.
CREATE TABLE hand_over (
    application    text        PRIMARY KEY REFERENCES application,
    department     text        NOT NULL,
    scanned_at     timestamptz NOT NULL, -- when the receipt was last scanned: from then the term of the step runs
    operator       bigint      NOT NULL,
    document       text,                 -- number of the document that was handed over
    recipient      text        CHECK (recipient IN ('applicant', 'representative')),
    identity_kind  text,
    identity_last4 text        CHECK (length(identity_last4) <= 4), -- of the document that was shown; no more is kept
    power          jsonb,                -- the power of attorney that was shown, where one was
    handed_at      timestamptz,
    CHECK ((handed_at IS NULL) = (recipient IS NULL)),
    CHECK (handed_at IS NULL OR (document IS NOT NULL AND identity_kind IS NOT NULL AND identity_last4 IS NOT NULL))
);
CREATE INDEX hand_over_of_department ON hand_over (department, handed_at);
