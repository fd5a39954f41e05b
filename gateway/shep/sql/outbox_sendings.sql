-- What becomes of a message after a gateway took it. One that was given up is put again and has another messageId then.
CREATE TABLE outbox_sending (
    gateway    text   NOT NULL,
    message_id text   NOT NULL,           -- as the gateway's receipt says; no two receipts have the same
    outbox_id  bigint NOT NULL REFERENCES outbox ON DELETE CASCADE,
    PRIMARY KEY (gateway, message_id)
);
-- Status notifications as they came, so that a replayed one is known, and one that overtakes the receipt is not lost.
CREATE TABLE outbox_notice (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway         text        NOT NULL,
    notification_id text        NOT NULL,
    message_id      text        NOT NULL,
    state           text        NOT NULL,
    status          text        NOT NULL,
    fault           text,
    notified_at     timestamptz NOT NULL,  -- by the gateway's clock
    told_at         timestamptz NOT NULL,
    UNIQUE (gateway, notification_id)
);
CREATE INDEX outbox_notice_message ON outbox_notice (gateway, message_id);
CREATE INDEX outbox_notice_told ON outbox_notice (told_at);
ALTER TABLE outbox ADD COLUMN delivery_at timestamptz;      -- the date of the notification that `delivery_state` is from

INSERT INTO outbox_sending (gateway, message_id, outbox_id)
SELECT gateway, receipt ->> 'message_id', max(id) FROM outbox WHERE receipt IS NOT NULL GROUP BY 1, 2;
DROP INDEX outbox_receipt;
