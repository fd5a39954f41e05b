-- Every action of the staff, by the version of the case that it was taken on. The key makes a double click one action.
CREATE TABLE case_action (
    number  text        NOT NULL REFERENCES casefile (number),
    version integer     NOT NULL,
    verb    text        NOT NULL,
    staff   bigint      NOT NULL REFERENCES staff (id),
    at      timestamptz NOT NULL,
    reason  text,
    PRIMARY KEY (number, version)
);
