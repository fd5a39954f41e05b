-- The State Corporation's operators and what they take in at their windows. Only gateway.flows.arm writes here.
ALTER TABLE application ALTER COLUMN account DROP NOT NULL;
ALTER TABLE application ADD COLUMN channel text NOT NULL DEFAULT 'portal' CHECK (channel IN ('portal', 'corporation'));
ALTER TABLE application ADD CONSTRAINT account_of_the_portal CHECK ((account IS NULL) = (channel = 'corporation'));

CREATE TABLE operator (
    id            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    iin           text    NOT NULL UNIQUE CHECK (iin ~ '^[0-9]{12}$'),
    name          text    NOT NULL,
    department    text    NOT NULL, -- office of the State Corporation by the catalogue
    role          text    NOT NULL CHECK (role IN ('operator', 'supervisor')),
    password_hash text    NOT NULL,
    active        boolean NOT NULL DEFAULT true
);

CREATE TABLE intake (
    application    text        PRIMARY KEY REFERENCES application ON DELETE CASCADE,
    department     text        NOT NULL,
    operator       bigint      NOT NULL REFERENCES operator, -- who holds it
    at_window      integer     NOT NULL CHECK (at_window BETWEEN 1 AND 99),
    ticket         bigint,                                   -- of the electronic queue
    version        integer     NOT NULL DEFAULT 1,           -- of what is typed; a writer names the one it saw
    typed          jsonb       NOT NULL,                     -- exactly as it stands on the screen
    representative jsonb,
    consent_at     timestamptz,
    finding        jsonb,                                    -- what the state databases answered in process 3
    on_paper       text[]      NOT NULL DEFAULT '{}',        -- documents that were marked as handed in on paper
    medium         text        CHECK (medium IN ('electronic', 'courier')),
    created_at     timestamptz NOT NULL,
    refused_at     timestamptz,
    missing        text[]                                    -- documents for which acceptance was refused
);
CREATE INDEX intake_of_department ON intake (department, created_at DESC);
CREATE INDEX intake_of_operator ON intake (operator);

CREATE TABLE scan_page (
    application text        NOT NULL REFERENCES intake ON DELETE CASCADE,
    document    text        NOT NULL, -- kind by the catalogue
    ordinal     integer     NOT NULL CHECK (ordinal >= 1),
    sha256      text        NOT NULL, -- the page as a file of its own, among the blobs
    media_type  text        NOT NULL,
    rotation    integer     NOT NULL DEFAULT 0 CHECK (rotation IN (0, 90, 180, 270)),
    width       integer     NOT NULL,
    height      integer     NOT NULL,
    name        text        NOT NULL, -- of the file it came in
    scanned_at  timestamptz NOT NULL,
    PRIMARY KEY (application, document, ordinal) DEFERRABLE INITIALLY IMMEDIATE
);
