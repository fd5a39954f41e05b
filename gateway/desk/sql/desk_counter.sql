-- Running numbers of an office: `journal` for the registration journal, `result` for documents issued; anew each year.
CREATE TABLE desk_counter (
    office text    NOT NULL,
    series text    NOT NULL,
    year   integer NOT NULL,
    last   integer NOT NULL,
    PRIMARY KEY (office, series, year)
);
