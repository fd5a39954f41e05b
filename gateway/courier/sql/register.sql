-- Registers of documents that a courier carries: those made here (`own`) and those that came. What is listed, what was
-- scanned while the packages are being counted, and how each was marked in the end. Only gateway.courier writes here.
CREATE SEQUENCE courier_register_number;
CREATE TABLE courier_register (
    number         text        PRIMARY KEY CHECK (number ~ '^[0-9]{14}$'),
    own            boolean     NOT NULL, -- made here; its marks come back
    direction      text        NOT NULL CHECK (direction IN ('to-provider', 'to-corporation')),
    department     text        NOT NULL,
    office         text        NOT NULL,
    made_at        timestamptz NOT NULL,
    made_by        text        NOT NULL,
    courier        text        NOT NULL,
    gateway        text,                 -- of one that came: where its marks go, in its chain
    correlation_id text,
    marked_at      timestamptz,
    marked_by      text,
    CHECK (own = (gateway IS NULL)),
    CHECK ((marked_at IS NULL) = (marked_by IS NULL))
);
CREATE INDEX courier_register_of_department ON courier_register (department, own, made_at, number);
CREATE INDEX courier_register_of_office ON courier_register (office, own, made_at, number);
CREATE INDEX courier_register_unmarked ON courier_register (office, made_at, number) WHERE NOT own AND marked_at IS NULL;

CREATE TABLE courier_package (
    register    text    NOT NULL REFERENCES courier_register (number),
    application text    NOT NULL CHECK (application ~ '^[0-9]{14}$'),
    own         boolean NOT NULL,
    ordinal     integer NOT NULL,
    documents   integer NOT NULL CHECK (documents >= 0),
    sheets      integer NOT NULL CHECK (sheets >= 0),
    listed      boolean NOT NULL DEFAULT true,  -- false: it came with the register without standing in it
    scanned     boolean NOT NULL DEFAULT false, -- found among what came, until the register is marked
    mark        text    CHECK (mark IN ('received', 'missing')),
    PRIMARY KEY (register, application)
);
-- A package goes with one register at a time; one that was marked missing may go again.
CREATE UNIQUE INDEX courier_package_on_its_way ON courier_package (application)
    WHERE own AND listed AND mark IS DISTINCT FROM 'missing';
CREATE INDEX courier_package_of_application ON courier_package (application);
