-- The event store. Every key starts with the household, nothing refers across households, and append-only is a
-- matter of privileges: the service may insert and read events and nothing else.

CREATE TABLE headroom.event (
    position    bigint   NOT NULL,
    txid        xid8     NOT NULL,
    recorded_at bigint   NOT NULL,
    key_hash    bigint,
    version     integer  NOT NULL CHECK (version >= 0),
    formula     smallint NOT NULL,
    household   text     NOT NULL COLLATE "C",
    topic       text     NOT NULL COLLATE "C",
    hash        bytea    NOT NULL CHECK (octet_length(hash) = 32),
    payload     bytea    NOT NULL,
    PRIMARY KEY (household, version)
);
CREATE UNIQUE INDEX event_key ON headroom.event (household, key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX event_position ON headroom.event (position);

COMMENT ON TABLE headroom.event IS 'Every fact ever recorded, one stream a household. Rows are never changed or removed.';
COMMENT ON COLUMN headroom.event.position IS 'Place in the order of all facts; grows with the transaction id, gaps are harmless. Not in the hash.';
COMMENT ON COLUMN headroom.event.txid IS 'The transaction that stored the fact: readers take only those below the oldest one still running. Not in the hash.';
COMMENT ON COLUMN headroom.event.recorded_at IS 'When the ledger learned the fact, in microseconds since 1970-01-01 UTC; grows with each command of a household.';
COMMENT ON COLUMN headroom.event.key_hash IS 'First 8 bytes of SHA-256 of the caller''s idempotency key, null when the fact has none. The key itself is in the payload.';
COMMENT ON COLUMN headroom.event.version IS 'Number of the fact in its household, counting from 1; the fact''s id is <household>:<version>.';
COMMENT ON COLUMN headroom.event.formula IS 'Which formula made the hash (ledger/store/chain.py).';
COMMENT ON COLUMN headroom.event.household IS 'The stream: a household''s id, or urn:uuid:... for an aggregate that is no household.';
COMMENT ON COLUMN headroom.event.topic IS 'Stored name of the payload''s class; empty when the payload names it itself, as every fact does.';
COMMENT ON COLUMN headroom.event.hash IS 'SHA-256 over the formula, the hash before it, and the fact as stored.';
COMMENT ON COLUMN headroom.event.payload IS 'The fact as stored: JSON with personal texts replaced by salted digests.';

CREATE TABLE headroom.head (
    facts       integer  NOT NULL,
    version     integer  NOT NULL,
    recorded_at bigint   NOT NULL,
    first_on    date,
    last_on     date,
    household   text     NOT NULL COLLATE "C" PRIMARY KEY,
    hash        bytea    NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE headroom.head IS 'The end of each household''s hash chain: what the next append must follow.';
COMMENT ON COLUMN headroom.head.facts IS 'How many facts the household has.';
COMMENT ON COLUMN headroom.head.version IS 'Its highest version.';
COMMENT ON COLUMN headroom.head.recorded_at IS 'When the latest fact was recorded, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN headroom.head.first_on IS 'The earliest local day on which a fact of the household is effective.';
COMMENT ON COLUMN headroom.head.last_on IS 'The latest such day.';
COMMENT ON COLUMN headroom.head.household IS 'The stream.';
COMMENT ON COLUMN headroom.head.hash IS 'The hash of the latest fact.';

CREATE TABLE headroom.personal_text (
    version   integer NOT NULL,
    household text    NOT NULL COLLATE "C",
    field     text    NOT NULL COLLATE "C",
    salt      bytea   NOT NULL CHECK (octet_length(salt) = 16),
    content   text    NOT NULL,
    PRIMARY KEY (household, version, field)
);

COMMENT ON TABLE headroom.personal_text IS 'Free text of facts. Deleting a row erases the text for good; the log still verifies.';
COMMENT ON COLUMN headroom.personal_text.version IS 'The fact the text belongs to.';
COMMENT ON COLUMN headroom.personal_text.household IS 'Whose fact it is.';
COMMENT ON COLUMN headroom.personal_text.field IS 'The field of the fact, such as note or replacement.note.';
COMMENT ON COLUMN headroom.personal_text.salt IS 'Random bytes that make the digest in the event unguessable once they are gone.';
COMMENT ON COLUMN headroom.personal_text.content IS 'What was written.';

CREATE SEQUENCE headroom.position_of_event AS bigint CACHE 1;
COMMENT ON SEQUENCE headroom.position_of_event IS 'Positions; drawn only by headroom.reserve_positions.';

-- Positions must grow in the order of transaction ids, or a reader that follows the log would step over a fact that
-- commits late. So both are taken together, in a short section that is left before the commit: commits still
-- share their flush. A transaction calls this once, before it writes anything.
CREATE FUNCTION headroom.reserve_positions(wanted bigint, OUT first bigint, OUT txid xid8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_lock(1214603621, 0);
    txid := pg_current_xact_id();
    first := nextval('headroom.position_of_event');
    IF wanted > 1 THEN
        PERFORM setval('headroom.position_of_event', first + wanted - 1);
    END IF;
    PERFORM pg_advisory_unlock(1214603621, 0);
EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(1214603621, 0);
    RAISE;
END $$;
COMMENT ON FUNCTION headroom.reserve_positions IS 'Takes a transaction id and as many consecutive positions as wanted, in one order.';

-- One lock of 1024 per household, always taken in ascending order: no deadlock, and a bounded number of locks
-- however many households a transaction writes to.
CREATE FUNCTION headroom.lock_households(households text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1214603620, ordered.slot)
    FROM (SELECT DISTINCT hashtext(household) & 1023 AS slot FROM unnest(households) AS household ORDER BY 1) AS ordered;
END $$;
COMMENT ON FUNCTION headroom.lock_households IS 'Makes this transaction the only writer of these households until it ends.';

-- Appends facts of several households in one call. A household whose chain no longer ends where the caller saw it is
-- left out (or, with `whole`, nothing is stored at all). `fresh` names the others by their place in `households`.
CREATE FUNCTION headroom.append(
    whole boolean,
    formula smallint,
    households text[], expected bytea[], versions integer[], recorded bigint[], hashes bytea[], added integer[],
    first_days date[], last_days date[],
    event_owners integer[], event_versions integer[], event_recorded bigint[], event_keys bigint[],
    event_hashes bytea[], event_topics text[], event_payloads bytea[],
    text_owners integer[], text_versions integer[], text_fields text[], text_salts bytea[], text_contents text[],
    OUT fresh integer[], OUT first bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    mine xid8;
BEGIN
    PERFORM headroom.lock_households(households);
    SELECT coalesce(array_agg(seen.place::integer), '{}') INTO fresh
    FROM unnest(households, expected) WITH ORDINALITY AS seen (household, hash, place)
    WHERE (SELECT h.hash FROM headroom.head AS h WHERE h.household = seen.household) IS NOT DISTINCT FROM seen.hash;
    IF cardinality(fresh) = 0 OR whole AND cardinality(fresh) < cardinality(households) THEN
        RETURN;
    END IF;
    SELECT r.first, r.txid INTO first, mine FROM headroom.reserve_positions(cardinality(event_owners)) AS r;
    INSERT INTO headroom.event
        (position, txid, recorded_at, key_hash, version, formula, household, topic, hash, payload)
    SELECT append.first + e.place - 1, mine, e.recorded_at, e.key_hash, e.version, append.formula,
           households[e.owner], e.topic, e.hash, e.payload
    FROM unnest(event_owners, event_versions, event_recorded, event_keys, event_hashes, event_topics, event_payloads)
        WITH ORDINALITY AS e (owner, version, recorded_at, key_hash, hash, topic, payload, place)
    WHERE e.owner = ANY (append.fresh);
    INSERT INTO headroom.head AS h (household, version, recorded_at, hash, facts, first_on, last_on)
    SELECT n.household, n.version, n.recorded_at, n.hash, n.facts, n.first_on, n.last_on
    FROM unnest(households, versions, recorded, hashes, added, first_days, last_days)
        WITH ORDINALITY AS n (household, version, recorded_at, hash, facts, first_on, last_on, place)
    WHERE n.place = ANY (append.fresh)
    ON CONFLICT (household) DO UPDATE SET
        version = greatest(h.version, excluded.version), recorded_at = excluded.recorded_at, hash = excluded.hash,
        facts = h.facts + excluded.facts,
        first_on = least(h.first_on, excluded.first_on), last_on = greatest(h.last_on, excluded.last_on);
    IF cardinality(text_owners) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO headroom.personal_text (household, version, field, salt, content)
    SELECT households[t.owner], t.version, t.field, t.salt, t.content
    FROM unnest(text_owners, text_versions, text_fields, text_salts, text_contents)
        AS t (owner, version, field, salt, content)
    WHERE t.owner = ANY (append.fresh);
END $$;
COMMENT ON FUNCTION headroom.append IS 'Stores facts of several households at the ends of their chains, in one commit.';

-- The service reads and inserts events, moves heads on, and may erase personal texts. Nobody changes an event.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA headroom FROM PUBLIC;
GRANT USAGE ON SCHEMA headroom TO headroom_service;
GRANT SELECT, INSERT ON headroom.event TO headroom_service;
GRANT SELECT, INSERT, UPDATE ON headroom.head TO headroom_service;
GRANT SELECT, INSERT, DELETE ON headroom.personal_text TO headroom_service;
GRANT SELECT ON headroom.schema_version TO headroom_service;
GRANT SELECT ON headroom.position_of_event TO headroom_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA headroom TO headroom_service;
