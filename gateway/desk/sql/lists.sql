-- What lists, search and reports of the desk stand on, so that a page costs the same with ten thousand cases and with a
-- million. Every index begins with the office: nobody looks beyond their own.

-- A name as it is searched for: small letters, Kazakh letters as a Russian keyboard writes them, no hard or soft sign.
CREATE FUNCTION folded_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN translate(
    name,
    'АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЫІЭЮЯәғёйқңөұүһіABCDEFGHIJKLMNOPQRSTUVWXYZЬЪьъ',
    'аабвггдеежзиикклмнноопрстуууфххцчшщыиэюяагеикноуухиabcdefghijklmnopqrstuvwxyz'
);
ALTER TABLE casefile
    ADD COLUMN applicant_folded text COLLATE "C" GENERATED ALWAYS AS (folded_name(applicant_name)) STORED;

-- Open work: of a role, of an executor, of the whole office; the nearest deadline first.
CREATE INDEX casefile_of_executor_due ON casefile (office, executor, due_at, number)
    WHERE state = 'open' AND awaits_role = 'executor';
CREATE INDEX casefile_due ON casefile (office, due_at, number) WHERE state = 'open';
DROP INDEX casefile_of_executor;

-- What was registered: in a month with what a report counts, and by how it stands.
DROP INDEX casefile_of_office;
CREATE INDEX casefile_of_office ON casefile (office, registered_at, number) INCLUDE (service, state, late);
CREATE INDEX casefile_of_state ON casefile (office, state, late, registered_at, number);
CREATE INDEX casefile_of_service ON casefile (office, service, state, late, registered_at, number);

-- Search by number, by its end, by person, by name.
CREATE INDEX casefile_by_number ON casefile (office, number COLLATE "C");
CREATE INDEX casefile_by_number_end ON casefile (office, reverse(number) COLLATE "C");
CREATE INDEX casefile_of_person ON casefile (office, applicant_number, registered_at, number);
CREATE INDEX casefile_by_name ON casefile (office, applicant_folded, number);
