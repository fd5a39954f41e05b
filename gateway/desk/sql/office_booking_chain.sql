-- In which chain of ЭҮШ a booking came: what the clerks mark goes back in it. None of what came before this revision, and
-- of a cancellation that overtook its booking; nothing is told of those.
ALTER TABLE office_booking ADD COLUMN gateway text, ADD COLUMN correlation_id text,
    ADD CONSTRAINT office_booking_in_chain CHECK ((gateway IS NULL) = (correlation_id IS NULL));
