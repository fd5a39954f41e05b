-- Documents that end an application: a refusal of process 4, or the provider's result.
CREATE TABLE issued_document (
    application text        PRIMARY KEY REFERENCES application,
    number      text        NOT NULL UNIQUE,
    kind        text        NOT NULL CHECK (kind IN ('certificate', 'refusal')),
    authority   text        NOT NULL CHECK (authority IN ('provider', 'portal')),
    sha256      text        NOT NULL, -- the signed XML among the blobs; its beginning stands in the QR code
    pdf         text        NOT NULL, -- the PDF/A-3 among the blobs
    verdict     jsonb       NOT NULL,
    received_at timestamptz NOT NULL
);

-- What the cabinet tells the applicant, after which step, with the dates that the act prescribes.
CREATE TABLE notice (
    application text        NOT NULL REFERENCES application,
    after       text        NOT NULL, -- such as "process 6"
    at          timestamptz NOT NULL,
    result_due  timestamptz,
    pick_up_day date,
    pick_up_time time,
    place_kk    text,
    place_ru    text,
    message_kk  text,
    message_ru  text,
    PRIMARY KEY (application, after)
);

-- What came in the provider's name and was not accepted; for the staff, never shown to the applicant.
CREATE TABLE refused_response (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application text        NOT NULL,
    code        text        NOT NULL,
    facts       jsonb       NOT NULL,
    sha256      text        NOT NULL, -- what came, among the blobs
    at          timestamptz NOT NULL,
    UNIQUE (application, sha256)
);
