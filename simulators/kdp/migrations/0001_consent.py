"""Consents and how people answered."""

from gateway.store.migrate import run_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_statements(
        """
        CREATE TABLE consent (
            id uuid PRIMARY KEY,
            asked_by text NOT NULL,
            uin text NOT NULL,
            company_bin text NOT NULL,
            company text NOT NULL,
            access_name text NOT NULL,
            personal_data_name text NOT NULL,
            life_time interval NOT NULL,
            asked_at timestamptz NOT NULL,
            confirm_until timestamptz NOT NULL,
            state text NOT NULL,
            decided_at timestamptz,
            expires_at timestamptz,
            token text
        );
        CREATE INDEX consent_wanted ON consent (asked_by, uin, company_bin, access_name, personal_data_name, asked_at);
        CREATE INDEX consent_asked_at ON consent (asked_at);
        """
    )
