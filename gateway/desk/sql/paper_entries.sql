-- Papers that a counter has begun to take in: what is typed, exactly as it stands on the screen, and the scans page by
-- page. With its case an entry ends and keeps nothing but the number, so that the same sheet makes no second case; one
-- that is given up or refused is deleted. Only gateway.desk.entries writes here.
CREATE TABLE paper_entry (
    sheet      text        PRIMARY KEY,
    counter    text        NOT NULL, -- the office, whose staff may go on with it
    service    text        NOT NULL,
    staff      bigint      NOT NULL REFERENCES staff (id), -- who wrote last
    version    integer     NOT NULL DEFAULT 1,             -- of what is typed; a writer names the one it saw
    typed      jsonb       NOT NULL,
    begun_at   timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    number     text        REFERENCES casefile (number)    -- of the case that it became
);
CREATE INDEX paper_entry_of_counter ON paper_entry (counter, changed_at DESC) WHERE number IS NULL;

CREATE TABLE paper_page (
    sheet      text        NOT NULL REFERENCES paper_entry ON DELETE CASCADE,
    document   text        NOT NULL, -- kind by the catalogue
    ordinal    integer     NOT NULL CHECK (ordinal >= 1),
    sha256     text        NOT NULL, -- the page as a file of its own, among the blobs
    media_type text        NOT NULL,
    rotation   integer     NOT NULL DEFAULT 0 CHECK (rotation IN (0, 90, 180, 270)),
    width      integer     NOT NULL,
    height     integer     NOT NULL,
    name       text        NOT NULL, -- of the file it came in
    scanned_at timestamptz NOT NULL,
    PRIMARY KEY (sheet, document, ordinal) DEFERRABLE INITIALLY IMMEDIATE
);
