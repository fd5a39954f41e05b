-- Documents by content. A content is stored once, whoever refers to it.
CREATE TABLE blob (
    sha256     text  PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text  NOT NULL,
    content    bytea NOT NULL
);
