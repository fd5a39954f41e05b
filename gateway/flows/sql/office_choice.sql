-- Which office an application goes to, and why: process 3, before the form is filled in. Only gateway.flows writes here.
-- Of the registered address nothing is kept but the code of the district that decided.
CREATE TABLE office_choice (
    application  text        PRIMARY KEY REFERENCES application ON DELETE CASCADE,
    consented_at timestamptz,           -- the applicant's consent to the question, where the act asks for one
    finding      text        NOT NULL CHECK (finding IN ('found', 'no-office', 'no-address', 'silent', 'not-asked')),
    found_at     timestamptz NOT NULL,
    place        text,                  -- district of ГБД ФЛ, or the КАТО code of ГБД ЮЛ
    proposed     text CHECK ((proposed IS NOT NULL) = (finding = 'found')),
    chosen       text,
    chosen_at    timestamptz CHECK ((chosen_at IS NULL) = (chosen IS NULL))
);
