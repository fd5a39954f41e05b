-- Times that people booked at an office through the portal, as its desk was told. A booking is no application. The state
-- is the clerks' mark, or that the booking was given up; a cancellation that overtook its booking stands here without a
-- name. Only gateway.desk.bookings writes here.
CREATE TABLE office_booking (
    office     text        NOT NULL,
    day        date        NOT NULL, -- in the time of Almaty
    ticket     integer     NOT NULL CHECK (ticket > 0), -- the number that the person knows
    service    text        NOT NULL,
    booked_for timestamptz NOT NULL,
    holder     text        NOT NULL, -- masked; empty when the booking was given up or its day has ended
    state      text        NOT NULL CHECK (state IN ('expected', 'came', 'no-show', 'cancelled')),
    marked_at  timestamptz,
    marked_by  bigint      REFERENCES staff (id),
    PRIMARY KEY (office, day, ticket),
    CHECK ((state IN ('came', 'no-show')) = (marked_at IS NOT NULL)),
    CHECK ((marked_at IS NULL) = (marked_by IS NULL))
);
CREATE INDEX office_booking_named ON office_booking (day) WHERE holder <> '';
