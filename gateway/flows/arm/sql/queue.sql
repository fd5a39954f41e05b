-- Tickets of the electronic queue of a department's hall. A ticket is no application. Only gateway.flows.arm writes here.
CREATE TABLE ticket (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department     text        NOT NULL,
    day            date        NOT NULL, -- in the time of Almaty
    number         integer     NOT NULL CHECK (number > 0), -- as the hall shows it; runs on from 1 each day
    service        text,                 -- what the person comes for, where that was said
    account        bigint,               -- who booked it on the portal; forgotten when the ticket's day has ended
    booked_for     timestamptz,          -- none of a ticket that was taken in the hall
    issued_at      timestamptz NOT NULL,
    stands_since   timestamptz NOT NULL, -- its place in the queue: when it was taken, or for when it was booked
    state          text        NOT NULL
        CHECK (state IN ('waiting', 'called', 'serving', 'finished', 'no-show', 'cancelled', 'closed')),
    counter        integer     CHECK (counter > 0), -- the window that called it
    operator       bigint,
    calls          integer     NOT NULL DEFAULT 0,
    called_at      timestamptz,          -- the first time
    last_called_at timestamptz,
    served_at      timestamptz,
    ended_at       timestamptz,
    UNIQUE (department, day, number),
    CHECK (state NOT IN ('called', 'serving') OR (counter IS NOT NULL AND operator IS NOT NULL AND calls > 0))
);
CREATE INDEX ticket_in_order ON ticket (department, day, stands_since, issued_at, id) WHERE state = 'waiting';
-- A window has one ticket in hand, a person one open booking of a service.
CREATE UNIQUE INDEX ticket_in_hand ON ticket (department, day, counter) WHERE state IN ('called', 'serving');
CREATE UNIQUE INDEX ticket_booked_once ON ticket (account, service) WHERE state IN ('waiting', 'called', 'serving');
CREATE INDEX ticket_of_time ON ticket (department, booked_for) WHERE booked_for IS NOT NULL;
CREATE INDEX ticket_open ON ticket (day) WHERE state IN ('waiting', 'called', 'serving');
