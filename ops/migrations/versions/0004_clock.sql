-- The clock. Every key of a household's rows starts with the household and nothing refers across households. What was
-- found, run or told is append-only by privilege: the service may insert and read it and nothing else.

CREATE SCHEMA IF NOT EXISTS clock;

CREATE FUNCTION clock.now() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;
COMMENT ON FUNCTION clock.now IS 'The database''s clock, in microseconds since 1970-01-01 UTC: the one all processes share.';

CREATE TABLE clock.check_result (
    at            bigint   NOT NULL,
    known_at      bigint   NOT NULL,
    checked_at    bigint   NOT NULL,
    version       integer  NOT NULL,
    warn          smallint NOT NULL,
    critical      smallint NOT NULL,
    not_available smallint NOT NULL,
    stressed      boolean  NOT NULL,
    household     text     NOT NULL COLLATE "C",
    kind          text     NOT NULL COLLATE "C" CHECK (kind IN ('first', 'daily', 'monthly', 'change')),
    ruleset       text     NOT NULL COLLATE "C",
    digest        bytea    NOT NULL CHECK (octet_length(digest) = 32),
    answer        bytea    NOT NULL,
    PRIMARY KEY (household, at, kind)
);
COMMENT ON TABLE clock.check_result IS 'Every check the clock made. Rows are never changed or removed.';
COMMENT ON COLUMN clock.check_result.at IS 'The instant the household was checked as of, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.check_result.known_at IS 'When the latest fact it read was recorded, likewise; 0 when there was none.';
COMMENT ON COLUMN clock.check_result.checked_at IS 'When the check was made; after a sleep or a crash later than at.';
COMMENT ON COLUMN clock.check_result.version IS 'The latest fact it read: with the ruleset, all that is needed to make it again.';
COMMENT ON COLUMN clock.check_result.warn IS 'How many lights were at warning.';
COMMENT ON COLUMN clock.check_result.critical IS 'How many lights were critical.';
COMMENT ON COLUMN clock.check_result.not_available IS 'How many indicators could not be judged.';
COMMENT ON COLUMN clock.check_result.stressed IS 'Whether the stress scenarios were tried.';
COMMENT ON COLUMN clock.check_result.household IS 'Whose check it is.';
COMMENT ON COLUMN clock.check_result.kind IS 'first, daily, monthly, or change: at once after a limit changed.';
COMMENT ON COLUMN clock.check_result.ruleset IS 'The rules it was judged by; a household''s own ones stand in clock.ruleset.';
COMMENT ON COLUMN clock.check_result.digest IS 'SHA-256 of answer.';
COMMENT ON COLUMN clock.check_result.answer IS 'The check as canonical JSON: no texts, facts by their version.';

CREATE VIEW clock.check_light WITH (security_invoker = true) AS
SELECT r.household, r.at, r.kind, r.version, r.ruleset, i.code, i.light, i.value, i.unit, i.warn, i.critical
FROM clock.check_result AS r
CROSS JOIN LATERAL jsonb_to_recordset(convert_from(r.answer, 'UTF8')::jsonb -> 'indicators')
    AS i (code text, light text, value numeric, unit text, warn numeric, critical numeric);
COMMENT ON VIEW clock.check_light IS 'Every light of every stored check, with its value and thresholds.';

CREATE TABLE clock.ruleset (
    since     bigint NOT NULL,
    household text   NOT NULL COLLATE "C",
    name      text   NOT NULL COLLATE "C",
    based_on  text   NOT NULL COLLATE "C",
    overrides jsonb  NOT NULL,
    PRIMARY KEY (household, name)
);
COMMENT ON TABLE clock.ruleset IS 'A household''s own numbers laid over a version of the rules. Rows are never changed or removed.';
COMMENT ON COLUMN clock.ruleset.since IS 'When they were first laid down, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.ruleset.household IS 'Whose numbers they are.';
COMMENT ON COLUMN clock.ruleset.name IS 'The version, and the digest of what differs.';
COMMENT ON COLUMN clock.ruleset.based_on IS 'The version of the rules below.';
COMMENT ON COLUMN clock.ruleset.overrides IS 'What differs.';

CREATE TABLE clock.setting (
    updated_at  bigint     NOT NULL,
    quiet_from  smallint   CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_until smallint   CHECK (quiet_until BETWEEN 0 AND 1439),
    household   text       NOT NULL COLLATE "C" PRIMARY KEY,
    language    text       NOT NULL COLLATE "C" CHECK (language IN ('en', 'zh')),
    ruleset     text       NOT NULL COLLATE "C",
    due_days    smallint[] NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);
COMMENT ON TABLE clock.setting IS 'How a household wishes to be told.';
COMMENT ON COLUMN clock.setting.updated_at IS 'When it was last set, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.setting.quiet_from IS 'Start of the quiet hours, minutes of the local day; null for none.';
COMMENT ON COLUMN clock.setting.quiet_until IS 'Their end, likewise.';
COMMENT ON COLUMN clock.setting.household IS 'Who wishes it.';
COMMENT ON COLUMN clock.setting.language IS 'en or zh.';
COMMENT ON COLUMN clock.setting.ruleset IS 'The rules it is judged by.';
COMMENT ON COLUMN clock.setting.due_days IS 'How many days before a payment is due it is reminded of.';

CREATE TABLE clock.leader (
    epoch      bigint  NOT NULL,
    renewed_at bigint  NOT NULL,
    swept_at   bigint  NOT NULL DEFAULT 0,
    sweep_ms   integer NOT NULL DEFAULT 0,
    name       text    NOT NULL COLLATE "C" PRIMARY KEY,
    holder     text    NOT NULL,
    UNIQUE (name, epoch)
);
INSERT INTO clock.leader (name, epoch, holder, renewed_at) VALUES ('scheduler', 0, '', 0);
COMMENT ON TABLE clock.leader IS 'The lease: who runs what is due. Whoever takes it over raises the epoch, and so fences the one before.';
COMMENT ON COLUMN clock.leader.epoch IS 'How often it was taken. Part of a key, so that to raise it waits for every run that rests on it.';
COMMENT ON COLUMN clock.leader.renewed_at IS 'When it was last renewed, by the database''s clock, in microseconds since 1970-01-01 UTC; 0 when given up.';
COMMENT ON COLUMN clock.leader.swept_at IS 'When the holder last looked for what is due.';
COMMENT ON COLUMN clock.leader.sweep_ms IS 'How long that took.';
COMMENT ON COLUMN clock.leader.name IS 'scheduler.';
COMMENT ON COLUMN clock.leader.holder IS 'The process that holds it.';

CREATE TABLE clock.cursor (
    position bigint NOT NULL,
    name     text   NOT NULL COLLATE "C" PRIMARY KEY
);
INSERT INTO clock.cursor (name, position) VALUES ('limits', 0);
COMMENT ON TABLE clock.cursor IS 'How far the log was read for facts that call for a check at once.';
COMMENT ON COLUMN clock.cursor.position IS 'The last position that was read.';
COMMENT ON COLUMN clock.cursor.name IS 'limits.';

CREATE TABLE clock.agenda (
    enrolled_at  bigint  NOT NULL,
    checked_to   bigint  NOT NULL,
    next_at      bigint  NOT NULL,
    last_at      bigint  NOT NULL,
    failed_at    bigint,
    last_version integer NOT NULL,
    told_version integer NOT NULL,
    revision     integer NOT NULL DEFAULT 0,
    failures     integer NOT NULL DEFAULT 0,
    household    text    NOT NULL COLLATE "C" PRIMARY KEY,
    timezone     text    NOT NULL COLLATE "C",
    failure      text
) WITH (fillfactor = 70);
CREATE INDEX agenda_next ON clock.agenda (next_at);
COMMENT ON TABLE clock.agenda IS 'What each household has behind it and when it is next to be looked at.';
COMMENT ON COLUMN clock.agenda.enrolled_at IS 'When the clock first met the household, in microseconds since 1970-01-01 UTC, as all instants here.';
COMMENT ON COLUMN clock.agenda.checked_to IS 'The latest moment that was looked at: whatever was due up to here has run.';
COMMENT ON COLUMN clock.agenda.next_at IS 'When it is next to be looked at; at once if not positive: minus the position of the fact that calls for it.';
COMMENT ON COLUMN clock.agenda.last_at IS 'The instant of its latest check; 0 when there was none.';
COMMENT ON COLUMN clock.agenda.failed_at IS 'When looking at it last failed; null when it did not.';
COMMENT ON COLUMN clock.agenda.last_version IS 'The latest fact its latest check read.';
COMMENT ON COLUMN clock.agenda.told_version IS 'Facts up to here were looked at for limit changes.';
COMMENT ON COLUMN clock.agenda.revision IS 'Grows with whatever is done for the household or answered by it: who read an older one writes nothing.';
COMMENT ON COLUMN clock.agenda.failures IS 'How often in a row looking at it failed.';
COMMENT ON COLUMN clock.agenda.household IS 'Whose agenda it is.';
COMMENT ON COLUMN clock.agenda.timezone IS 'The zone its days are counted in.';
COMMENT ON COLUMN clock.agenda.failure IS 'What it failed with.';

CREATE TABLE clock.job_run (
    scheduled_for bigint NOT NULL,
    ran_at        bigint NOT NULL,
    epoch         bigint NOT NULL,
    household     text   NOT NULL COLLATE "C",
    job           text   NOT NULL COLLATE "C" CHECK (job IN ('first', 'daily', 'weekly', 'monthly', 'due', 'change')),
    PRIMARY KEY (household, job, scheduled_for)
);
COMMENT ON TABLE clock.job_run IS 'What ran: one row in the transaction of its effect. Rows are never changed or removed.';
COMMENT ON COLUMN clock.job_run.scheduled_for IS 'The instant it was due, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.job_run.ran_at IS 'When it ran.';
COMMENT ON COLUMN clock.job_run.epoch IS 'Under which leadership.';
COMMENT ON COLUMN clock.job_run.household IS 'For whom.';
COMMENT ON COLUMN clock.job_run.job IS 'first, daily, weekly, monthly, due (a payment comes near), or change (a limit changed).';

CREATE TABLE clock.concern (
    told_at         bigint NOT NULL,
    better_since    bigint,
    acknowledged_at bigint,
    snoozed_until   bigint,
    household       text   NOT NULL COLLATE "C",
    topic           text   NOT NULL COLLATE "C",
    light           text   NOT NULL COLLATE "C",
    value           text,
    seen_light      text   COLLATE "C",
    seen_value      text,
    PRIMARY KEY (household, topic)
);
COMMENT ON TABLE clock.concern IS 'What a household was last told of each thing, and what it answered.';
COMMENT ON COLUMN clock.concern.told_at IS 'The instant of the check it was told from, in microseconds since 1970-01-01 UTC, as all instants here.';
COMMENT ON COLUMN clock.concern.better_since IS 'Since which check it has looked better than was told; it is told when that has held.';
COMMENT ON COLUMN clock.concern.acknowledged_at IS 'When the household acknowledged it.';
COMMENT ON COLUMN clock.concern.snoozed_until IS 'Until when it does not wish to hear of it.';
COMMENT ON COLUMN clock.concern.household IS 'Whose concern it is.';
COMMENT ON COLUMN clock.concern.topic IS 'An indicator''s code, or finding:<code>:<what it is about>.';
COMMENT ON COLUMN clock.concern.light IS 'The light that was told; ok when it is over.';
COMMENT ON COLUMN clock.concern.value IS 'The value that was told.';
COMMENT ON COLUMN clock.concern.seen_light IS 'The light the household acknowledged: nothing is told while it is no worse than that.';
COMMENT ON COLUMN clock.concern.seen_value IS 'The value it acknowledged.';

CREATE TABLE clock.notice (
    at        bigint    NOT NULL,
    told_at   bigint    NOT NULL,
    household text      NOT NULL COLLATE "C",
    dedup_key text      NOT NULL COLLATE "C",
    kind      text      NOT NULL COLLATE "C",
    language  text      NOT NULL COLLATE "C",
    subject   text      NOT NULL,
    topics    text[]    NOT NULL,
    facts     text[]    NOT NULL,
    PRIMARY KEY (household, dedup_key)
);
CREATE INDEX notice_at ON clock.notice (household, at);
COMMENT ON TABLE clock.notice IS 'What was told, and by which facts. Rows are never changed or removed.';
COMMENT ON COLUMN clock.notice.at IS 'The instant of the check it was told from, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.notice.told_at IS 'When it was written.';
COMMENT ON COLUMN clock.notice.household IS 'Who was told.';
COMMENT ON COLUMN clock.notice.dedup_key IS 'The same thing is told once: the key of its message in the outbox.';
COMMENT ON COLUMN clock.notice.kind IS 'worse, better, finding, limit_changed, due_soon, stale or digest.';
COMMENT ON COLUMN clock.notice.language IS 'The language it was written in.';
COMMENT ON COLUMN clock.notice.subject IS 'Its subject.';
COMMENT ON COLUMN clock.notice.topics IS 'The concerns it speaks of.';
COMMENT ON COLUMN clock.notice.facts IS 'The facts it rests on.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA clock FROM PUBLIC;
GRANT USAGE ON SCHEMA clock TO headroom_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA clock TO headroom_service;
GRANT SELECT, INSERT ON clock.check_result, clock.ruleset, clock.job_run, clock.notice TO headroom_service;
GRANT SELECT ON clock.check_light TO headroom_service;
GRANT SELECT, UPDATE ON clock.leader, clock.cursor TO headroom_service;
GRANT SELECT, INSERT, UPDATE ON clock.setting, clock.agenda, clock.concern TO headroom_service;
