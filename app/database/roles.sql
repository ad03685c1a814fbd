-- The two roles of a book's database. The migrator owns the schema; the service reads and appends, and can change no
-- event. Run once in that database by somebody who may create roles, naming who will use the book:
--
--   PGOPTIONS='-c headroom.login=alice' psql -f roles.sql DATABASE
--
-- The program runs this file itself where it may. Running it again changes nothing.

DO $$
DECLARE
    login text := nullif(current_setting('headroom.login', true), '');
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['headroom_migrator', 'headroom_service'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF login IS NOT NULL AND login NOT IN ('headroom_migrator', 'headroom_service')
            AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login AND rolsuper) THEN
            EXECUTE format('GRANT %I TO %I', wanted, login);
        END IF;
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), wanted);
    END LOOP;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO headroom_migrator', current_database());
END $$;
