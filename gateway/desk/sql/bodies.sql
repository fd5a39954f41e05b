-- A procedure goes through several bodies: the provider, a rural or district akim, commissions, and the applicant who
-- must bring something. Where the application came by, who took it in and what was noted there (`intake`), whose staff
-- must act, what was decided on the way to the result, and the events for which a term was extended.
ALTER TABLE casefile
    ADD COLUMN channel          text    NOT NULL DEFAULT 'portal'
               CHECK (channel IN ('portal', 'provider-office', 'rural-akim')),
    ADD COLUMN counter          text,
    ADD COLUMN awaits_office    text,
    ADD COLUMN step_kind        text    NOT NULL DEFAULT 'step' CHECK (step_kind IN ('step', 'condition')),
    ADD COLUMN conclusion       text    CHECK (conclusion IN ('favourable', 'adverse')),
    ADD COLUMN resolution       text    CHECK (resolution IN ('favourable', 'adverse')),
    ADD COLUMN session_at       timestamptz,
    ADD COLUMN condition_result text    CHECK (condition_result IN ('passed', 'failed')),
    ADD COLUMN documents_office text,
    ADD COLUMN extended         text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN signatures       integer NOT NULL DEFAULT 0,
    ADD COLUMN intake           jsonb,
    ALTER COLUMN gateway DROP NOT NULL;
UPDATE casefile SET awaits_office = office WHERE state = 'open';
UPDATE casefile SET documents_office = office WHERE documents_result IS NOT NULL;
UPDATE casefile SET signatures = 1 WHERE signed_result IS NOT NULL;
ALTER TABLE casefile
    ADD CHECK ((state = 'open') = (awaits_office IS NOT NULL)),
    ADD CHECK ((channel = 'portal') = (gateway IS NOT NULL)),
    ADD CHECK ((channel = 'portal') = (counter IS NULL));

-- Who is the executor at each office that a case passes; `casefile.executor` is the one where the case is now.
CREATE TABLE case_executor (
    number text   NOT NULL REFERENCES casefile (number),
    office text   NOT NULL,
    staff  bigint NOT NULL REFERENCES staff (id),
    PRIMARY KEY (number, office)
);
INSERT INTO case_executor (number, office, staff) SELECT number, office, executor FROM casefile WHERE executor IS NOT NULL;

-- A stay is at a step or at a condition.
ALTER TABLE case_step
    ADD COLUMN step_kind text NOT NULL DEFAULT 'step' CHECK (step_kind IN ('step', 'condition'));

ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK (role IN ('clerk', 'head', 'executor', 'commission'));

ALTER TABLE case_paper DROP CONSTRAINT case_paper_kind_check;
ALTER TABLE case_paper ADD CONSTRAINT case_paper_kind_check CHECK (kind IN (
    'inspection-act', 'commission-act', 'commission-conclusion', 'minutes', 'resolution', 'letter', 'register-entry',
    'file-sent'
));

-- What waits: of a role, of an executor, or of any executor where none is assigned yet.
DROP INDEX casefile_inbox;
DROP INDEX casefile_of_executor_due;
CREATE INDEX casefile_inbox ON casefile (awaits_office, awaits_role, due_at, number) WHERE state = 'open';
CREATE INDEX casefile_of_executor_due ON casefile (awaits_office, executor, due_at, number)
    WHERE state = 'open' AND awaits_role = 'executor' AND executor IS NOT NULL;
CREATE INDEX casefile_unassigned ON casefile (awaits_office, due_at, number)
    WHERE state = 'open' AND awaits_role = 'executor' AND executor IS NULL;
CREATE INDEX casefile_overdue ON casefile (awaits_office, due_at, number) WHERE state = 'open';

-- What a rural akim took in for a provider is listed and searched at the akim's by the counter, as it is at the
-- provider's by the office. Hardly a case is one of these, and no other stands in these indexes.
CREATE INDEX casefile_counter_due ON casefile (counter, due_at, number) WHERE counter <> office AND state = 'open';
CREATE INDEX casefile_of_counter ON casefile (counter, registered_at, number) WHERE counter <> office;
CREATE INDEX casefile_counter_state ON casefile (counter, state, late, registered_at, number) WHERE counter <> office;
CREATE INDEX casefile_counter_service ON casefile (counter, service, state, late, registered_at, number)
    WHERE counter <> office;
CREATE INDEX casefile_counter_number ON casefile (counter, number COLLATE "C") WHERE counter <> office;
CREATE INDEX casefile_counter_number_end ON casefile (counter, reverse(number) COLLATE "C") WHERE counter <> office;
CREATE INDEX casefile_counter_person ON casefile (counter, applicant_number, registered_at, number)
    WHERE counter <> office;
CREATE INDEX casefile_counter_name ON casefile (counter, applicant_folded, number) WHERE counter <> office;
