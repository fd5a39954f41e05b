-- Payloads are sealed in place: a sealed one begins with a byte of the value 1, which no XML does. An empty payload was
-- removed when its time was over; its digest stays.
ALTER TABLE inbox ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE outbox ADD COLUMN payload_sha256 text;        -- set when the payload is removed
CREATE INDEX inbox_payload_kept ON inbox (received_at) WHERE octet_length(payload) > 0;
CREATE INDEX outbox_payload_kept ON outbox (put_at) WHERE octet_length(payload) > 0;

-- From before there were keys: what an error said may quote a payload, its kind may not.
UPDATE inbox SET last_error = split_part(last_error, ':', 1) WHERE last_error IS NOT NULL;
UPDATE outbox SET last_error = last_error #- '{facts,message}' #- '{facts,data}' WHERE last_error IS NOT NULL;
