-- What applicants presented after the application and the desk took; the documents themselves are among the case's.
-- The key is of number and content: the same supplement may arrive any number of times. Only gateway.desk.supplements
-- writes here.
CREATE TABLE case_supplement (
    content_key  text        PRIMARY KEY,
    number       text        NOT NULL REFERENCES casefile (number),
    signed       text        NOT NULL, -- SHA-256 of the signed supplement among the blobs
    presented_at timestamptz NOT NULL, -- when the portal took it
    received_at  timestamptz NOT NULL
);
CREATE INDEX case_supplement_of_case ON case_supplement (number);
