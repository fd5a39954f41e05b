"""Files of the temporary store."""

from gateway.store.migrate import run_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_statements(
        """
        CREATE TABLE file (
            identifier uuid PRIMARY KEY,
            uploader text NOT NULL,
            process_identifier text NOT NULL,
            sha256 text NOT NULL,
            name text,
            media_type text,
            size bigint NOT NULL,
            content bytea,
            uploaded_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            to_be_confirmed boolean NOT NULL,
            confirmed_at timestamptz,
            confirmed_by text,
            deleted_at timestamptz,
            UNIQUE (uploader, process_identifier)
        );
        CREATE INDEX file_expires_at ON file (expires_at) WHERE content IS NOT NULL;
        """
    )
