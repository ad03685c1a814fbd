-- The outbox. A message is written in the transaction of what it tells; a courier spreads it to the household's
-- channels, one delivery each, and sends every delivery until its receiver took it or it is a dead letter. Every key
-- starts with the household and nothing refers across households. Instants are microseconds since 1970-01-01 UTC.

CREATE SCHEMA IF NOT EXISTS clock;

CREATE TABLE clock.outbox (
    not_before bigint NOT NULL,
    created_at bigint NOT NULL,
    household  text   NOT NULL COLLATE "C",
    dedup_key  text   NOT NULL COLLATE "C",
    kind       text   NOT NULL COLLATE "C",
    language   text   NOT NULL COLLATE "C" CHECK (language IN ('en', 'zh')),
    state      text   NOT NULL COLLATE "C" DEFAULT 'waiting' CHECK (state IN ('waiting', 'spread', 'unaddressed')),
    subject    text   NOT NULL,
    text       text   NOT NULL,
    html       text   NOT NULL,
    facts      text[] NOT NULL,
    PRIMARY KEY (household, dedup_key)
);
CREATE INDEX outbox_waiting ON clock.outbox (not_before) WHERE state = 'waiting';
COMMENT ON TABLE clock.outbox IS 'Every message to a household; the same thing is told once. The service changes nothing of it but its state.';
COMMENT ON COLUMN clock.outbox.not_before IS 'When it may first be sent: quiet hours and digests wait here.';
COMMENT ON COLUMN clock.outbox.created_at IS 'When it was written.';
COMMENT ON COLUMN clock.outbox.household IS 'Whom it is for.';
COMMENT ON COLUMN clock.outbox.dedup_key IS 'What it tells; a second message of the same key is not taken.';
COMMENT ON COLUMN clock.outbox.kind IS 'The kind of notice; a channel may want only some.';
COMMENT ON COLUMN clock.outbox.language IS 'The language it is written in.';
COMMENT ON COLUMN clock.outbox.state IS 'waiting to be spread; spread: there is a delivery for each channel; unaddressed: the household had no channel for it.';
COMMENT ON COLUMN clock.outbox.subject IS 'Its subject.';
COMMENT ON COLUMN clock.outbox.text IS 'What it says.';
COMMENT ON COLUMN clock.outbox.html IS 'The same as a page.';
COMMENT ON COLUMN clock.outbox.facts IS 'The facts it rests on.';

CREATE TABLE clock.channel (
    added_at      bigint NOT NULL,
    failing_since bigint,
    household     text   NOT NULL COLLATE "C",
    name          text   NOT NULL COLLATE "C",
    kind          text   NOT NULL COLLATE "C",
    kinds         text[] NOT NULL DEFAULT '{}',
    address       text   NOT NULL,
    PRIMARY KEY (household, name)
);
COMMENT ON TABLE clock.channel IS 'Where a household is told. Addresses carry keys and passwords: for the service alone, in no view and no backup.';
COMMENT ON COLUMN clock.channel.added_at IS 'When it was set.';
COMMENT ON COLUMN clock.channel.failing_since IS 'Since when letters to it died; null while it works.';
COMMENT ON COLUMN clock.channel.household IS 'Whose channel it is.';
COMMENT ON COLUMN clock.channel.name IS 'How it is called.';
COMMENT ON COLUMN clock.channel.kind IS 'How it is spoken to: mail, webhook, dingtalk, and so on.';
COMMENT ON COLUMN clock.channel.kinds IS 'The kinds of message it wants; empty for all.';
COMMENT ON COLUMN clock.channel.address IS 'Where it is, with its secrets.';

CREATE TABLE clock.delivery (
    due_at     bigint  NOT NULL,
    created_at bigint  NOT NULL,
    tried_at   bigint,
    ended_at   bigint,
    attempts   integer NOT NULL DEFAULT 0,
    claims     integer NOT NULL DEFAULT 0,
    household  text    NOT NULL COLLATE "C",
    dedup_key  text    NOT NULL COLLATE "C",
    channel    text    NOT NULL COLLATE "C",
    id         text    NOT NULL COLLATE "C",
    state      text    NOT NULL COLLATE "C" DEFAULT 'due' CHECK (state IN ('due', 'sent', 'dead')),
    outcome    text    COLLATE "C",
    detail     text,
    PRIMARY KEY (household, dedup_key, channel)
);
CREATE INDEX delivery_due ON clock.delivery (due_at) WHERE state = 'due';
CREATE INDEX delivery_dead ON clock.delivery (ended_at) WHERE state = 'dead';
CREATE INDEX delivery_id ON clock.delivery (id);
COMMENT ON TABLE clock.delivery IS 'One message on its way through one channel, and what became of it.';
COMMENT ON COLUMN clock.delivery.due_at IS 'When it is next to be tried. Who claims it moves this on to the end of the lease.';
COMMENT ON COLUMN clock.delivery.created_at IS 'When the message was spread.';
COMMENT ON COLUMN clock.delivery.tried_at IS 'When it was last tried.';
COMMENT ON COLUMN clock.delivery.ended_at IS 'When it was sent or died.';
COMMENT ON COLUMN clock.delivery.attempts IS 'How often it was tried since it was made, or since it was last brought back.';
COMMENT ON COLUMN clock.delivery.claims IS 'How often it was ever claimed; an outcome counts only for the latest claim.';
COMMENT ON COLUMN clock.delivery.household IS 'Whom it is for.';
COMMENT ON COLUMN clock.delivery.dedup_key IS 'The message.';
COMMENT ON COLUMN clock.delivery.channel IS 'The channel, by name.';
COMMENT ON COLUMN clock.delivery.id IS 'The same for every attempt: the receiver can tell a repetition by it.';
COMMENT ON COLUMN clock.delivery.state IS 'due, sent, or dead: a dead letter is not tried again unless somebody brings it back.';
COMMENT ON COLUMN clock.delivery.outcome IS 'How the last attempt ended, as a code.';
COMMENT ON COLUMN clock.delivery.detail IS 'The number the receiver gave, never its words or the address.';

GRANT USAGE ON SCHEMA clock TO headroom_service;
GRANT SELECT, INSERT ON clock.outbox TO headroom_service;
GRANT UPDATE (state) ON clock.outbox TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON clock.channel TO headroom_service;
GRANT SELECT, INSERT, UPDATE ON clock.delivery TO headroom_service;
