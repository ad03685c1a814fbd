-- Books laid to rest: copies of what facts come to, so that a check need not fold them anew. Any row may be lost.

CREATE TABLE clock.folded (
    since_at  bigint  NOT NULL,
    until_at  bigint  NOT NULL,
    version   integer NOT NULL,
    household text    NOT NULL COLLATE "C" PRIMARY KEY,
    rules     bytea   NOT NULL,
    state     bytea   NOT NULL
);
COMMENT ON TABLE clock.folded IS 'What the facts of a household come to while nothing happens: a copy, made anew from the facts as often as it is missing.';
COMMENT ON COLUMN clock.folded.since_at IS 'From when on it is so, in microseconds since 1970-01-01 UTC.';
COMMENT ON COLUMN clock.folded.until_at IS 'Until when, likewise: then a fact takes effect, or something happens by itself.';
COMMENT ON COLUMN clock.folded.version IS 'The latest fact it was folded from.';
COMMENT ON COLUMN clock.folded.household IS 'Whose book it is.';
COMMENT ON COLUMN clock.folded.rules IS 'SHA-256 of the text of the rules it was folded by; rows of another version of the program are passed over.';
COMMENT ON COLUMN clock.folded.state IS 'The folded book, as the program packs it.';

GRANT SELECT, INSERT, UPDATE ON clock.folded TO headroom_service;
