-- Lights that changed, in the one order of facts: what the feed tells of checks. A check takes its position where facts
-- take theirs, in the transaction that keeps it, so a reader that follows by position steps over none of them.

CREATE TABLE headroom.light_change (
    position   bigint  NOT NULL,
    txid       xid8    NOT NULL,
    checked_at bigint  NOT NULL,
    ordinal    integer NOT NULL CHECK (ordinal > 0),
    household  text    NOT NULL COLLATE "C",
    data       jsonb   NOT NULL,
    PRIMARY KEY (household, position, ordinal)
);
CREATE INDEX light_change_position ON headroom.light_change (position, ordinal);
COMMENT ON TABLE headroom.light_change IS 'Every light that a stored check saw otherwise than the check before it. Part of the feed. Rows are never changed or removed.';
COMMENT ON COLUMN headroom.light_change.position IS 'Place of the check in the order of all facts: after every fact it read.';
COMMENT ON COLUMN headroom.light_change.txid IS 'The transaction that stored it: readers take only those below the oldest one still running.';
COMMENT ON COLUMN headroom.light_change.checked_at IS 'When the check was made, in microseconds since 1970-01-01 UTC; what it was made as of stands in data.';
COMMENT ON COLUMN headroom.light_change.ordinal IS 'Place among the changes of its check.';
COMMENT ON COLUMN headroom.light_change.household IS 'Whose check it is.';
COMMENT ON COLUMN headroom.light_change.data IS 'The change as the feed tells it.';

GRANT SELECT, INSERT ON headroom.light_change TO headroom_service;
