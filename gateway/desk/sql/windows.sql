-- Applications come from the windows of the State Corporation, too: by message, as the portal's do, and with the
-- department that took them in, as paper has the office of its counter.
DO $$
DECLARE
    known text;
BEGIN
    FOR known IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'casefile'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%channel%'
    LOOP
        EXECUTE format('ALTER TABLE casefile DROP CONSTRAINT %I', known);
    END LOOP;
END
$$;
ALTER TABLE casefile
    ADD CONSTRAINT casefile_channel_check
        CHECK (channel IN ('portal', 'provider-office', 'rural-akim', 'corporation')),
    ADD CONSTRAINT casefile_comes_by_message CHECK ((channel IN ('portal', 'corporation')) = (gateway IS NOT NULL)),
    ADD CONSTRAINT casefile_is_taken_in CHECK ((channel = 'portal') = (counter IS NULL));
