"""What peers tell of messages, replays of delivery notifications, and whom a message speaks of."""

from gateway.store.migrate import run_statements

revision, down_revision = "0003", "0002"

SQL = """
-- `ended_badly` says that delivery has ended without success once, whatever came of it later. `told_at` is the moment
-- of the newest state that the peer told which took the message. `persons` are the IINs and BINs in the envelope that
-- it came in, for the journal's lines about what happened to it afterwards.
ALTER TABLE message ADD COLUMN ended_badly boolean NOT NULL DEFAULT false;
UPDATE message SET ended_badly = true WHERE state IN ('NOT_DELIVERED', 'DELIVERY_STOPPED');
ALTER TABLE message ADD COLUMN told_at timestamptz;
ALTER TABLE message ADD COLUMN persons text[] NOT NULL DEFAULT '{}';
UPDATE message SET persons = journal.persons FROM journal
WHERE journal.event = 'accepted' AND journal.message_id = message.message_id AND journal.party = message.origin;

-- The receiver's own date tells a notification that is sent again from one about a later hand-out.
ALTER TABLE delivery_notification ADD COLUMN notification_date timestamptz;
UPDATE delivery_notification SET notification_date = noted_at;
ALTER TABLE delivery_notification ALTER COLUMN notification_date SET NOT NULL;
CREATE UNIQUE INDEX delivery_notification_said ON delivery_notification (message, verdict, notification_date);
"""


def upgrade() -> None:
    run_statements(SQL)
