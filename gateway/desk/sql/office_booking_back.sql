-- What office_booking.sql has made.
DROP TABLE office_booking;
