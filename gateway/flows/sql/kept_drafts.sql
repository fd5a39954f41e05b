-- Drafts that are too old are found however many applications there are.
CREATE INDEX application_unfinished ON application (changed_at) WHERE state IN ('draft', 'ready');
