-- What a check asks of single facts is kept beside the book at rest, so that it reads none. Every row may be lost: those
-- that are there have none of it, and go.

TRUNCATE clock.folded;
ALTER TABLE clock.folded
    ADD COLUMN timezone text  NOT NULL,
    ADD COLUMN known    bytea NOT NULL;
COMMENT ON COLUMN clock.folded.timezone IS 'The time zone of the household, by its IANA name.';
COMMENT ON COLUMN clock.folded.known IS 'What single facts say that a check asks for, as the program packs it.';
