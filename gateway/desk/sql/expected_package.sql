-- Electronic twins of packages that a courier brings: checked applications that become cases when the clerk marks the
-- package as received. `application` is what was signed, written anew; `document` is the signed one with its evidence.
-- A package whose paper came before its twin stands in courier_package alone. Only gateway.desk.expected writes here.
CREATE TABLE expected_package (
    number         text        PRIMARY KEY CHECK (number ~ '^[0-9]{14}$'),
    content_key    text        NOT NULL UNIQUE,
    service        text        NOT NULL,
    kind           text,
    office         text        NOT NULL,
    department     text        NOT NULL,
    application    text        NOT NULL REFERENCES blob (sha256),
    document       text        NOT NULL REFERENCES blob (sha256),
    files          text[]      NOT NULL, -- SHA-256 of the attachments among the blobs, in their order
    gateway        text        NOT NULL,
    correlation_id text        NOT NULL,
    arrived_at     timestamptz NOT NULL,
    received_at    timestamptz,          -- when the package was marked as received and the case opened
    broken         text,                 -- why its case can never be opened: the code of what was told
    returned_on    text                  -- the register with which the result went back
);
CREATE INDEX expected_package_of_office ON expected_package (office, arrived_at, number)
    WHERE received_at IS NULL AND broken IS NULL;
CREATE INDEX expected_package_not_returned ON expected_package (number)
    WHERE received_at IS NOT NULL AND returned_on IS NULL;
