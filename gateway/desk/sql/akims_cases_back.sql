-- What akims_cases.sql has replaced.
DROP INDEX casefile_akim_due;
DROP INDEX casefile_of_akim;
DROP INDEX casefile_akim_state;
DROP INDEX casefile_akim_service;
DROP INDEX casefile_akim_number;
DROP INDEX casefile_akim_number_end;
DROP INDEX casefile_akim_person;
DROP INDEX casefile_akim_name;
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
