-- What is open or held at the windows, found however many applications there are.
CREATE INDEX application_open_at_window ON application (number)
    WHERE channel = 'corporation' AND state IN ('draft', 'ready', 'held');
