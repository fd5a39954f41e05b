-- The kind of the service that was chosen, and the executor's check of the documents, which is not always the flow's
-- condition (`check_result`); NULL until it is made.
ALTER TABLE casefile
    ADD COLUMN kind             text,
    ADD COLUMN documents_result text CHECK (documents_result IN ('passed', 'failed')),
    ADD COLUMN documents_reason jsonb;
-- Until now whoever checked documents decided the condition by it.
UPDATE casefile SET documents_result = check_result, documents_reason = check_reason
WHERE check_result <> 'waiting'
  AND EXISTS (SELECT FROM case_action WHERE case_action.number = casefile.number AND verb = 'check-documents');
-- Papers that the staff write into the case, such as the act of an inspection.
CREATE TABLE case_paper (
    number  text        NOT NULL REFERENCES casefile (number),
    ordinal integer     NOT NULL,
    kind    text        NOT NULL CHECK (kind IN ('inspection-act')),
    staff   bigint      NOT NULL REFERENCES staff (id),
    at      timestamptz NOT NULL,
    text    text        NOT NULL,
    PRIMARY KEY (number, ordinal)
);
