-- An act may give a flow as a plain list of actions; their events have a kind of their own.
ALTER TABLE event DROP CONSTRAINT event_kind_check;
ALTER TABLE event ADD CONSTRAINT event_kind_check
    CHECK (kind IN ('process', 'condition', 'action', 'procedure', 'note'));
