-- The documents that the applicant attached, as the signed application names them.
CREATE TABLE case_document (
    number     text    NOT NULL REFERENCES casefile (number),
    ordinal    integer NOT NULL,
    kind       text    NOT NULL,
    name       text    NOT NULL,
    media_type text    NOT NULL,
    size       integer NOT NULL,
    sha256     text    NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (number, ordinal)
);
