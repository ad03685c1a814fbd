-- A stored check is some 7 KB of JSON, and to compress it by pglz took half of what keeping it costs the server. lz4 takes a
-- small part of that. A server that was built without it, as the embedded one, keeps few households: it has the room.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
        ALTER TABLE clock.check_result ALTER COLUMN answer SET COMPRESSION lz4;
    ELSE
        ALTER TABLE clock.check_result ALTER COLUMN answer SET STORAGE EXTERNAL;
    END IF;
END
$$;
