-- The provider's staff: who may log in at the desk, for which office and in which role.
CREATE TABLE staff (
    id            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    iin           text    NOT NULL UNIQUE CHECK (iin ~ '^[0-9]{12}$'),
    name          text    NOT NULL,
    office        text    NOT NULL,
    role          text    NOT NULL CHECK (role IN ('clerk', 'head', 'executor')),
    password_hash text    NOT NULL,
    active        boolean NOT NULL DEFAULT true
);
CREATE INDEX staff_of_office ON staff (office, role) WHERE active;
