-- The indexes of what rural akims took in hold their cases alone. Those of the State Corporation's windows have a counter
-- that is not the office, too, and stood in all of them, though nobody lists or searches them by their department.
DROP INDEX casefile_counter_due;
DROP INDEX casefile_of_counter;
DROP INDEX casefile_counter_state;
DROP INDEX casefile_counter_service;
DROP INDEX casefile_counter_number;
DROP INDEX casefile_counter_number_end;
DROP INDEX casefile_counter_person;
DROP INDEX casefile_counter_name;
CREATE INDEX casefile_akim_due ON casefile (counter, due_at, number) WHERE channel = 'rural-akim' AND state = 'open';
CREATE INDEX casefile_of_akim ON casefile (counter, registered_at, number) WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_state ON casefile (counter, state, late, registered_at, number)
    WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_service ON casefile (counter, service, state, late, registered_at, number)
    WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_number ON casefile (counter, number COLLATE "C") WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_number_end ON casefile (counter, reverse(number) COLLATE "C") WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_person ON casefile (counter, applicant_number, registered_at, number)
    WHERE channel = 'rural-akim';
CREATE INDEX casefile_akim_name ON casefile (counter, applicant_folded, number) WHERE channel = 'rural-akim';
