-- The roles of a book's database. The migrator owns the schema; the service reads and appends, and can change no event;
-- readers see the reporting views: headroom_reader every household's, headroom_household_reader those of its login.
-- Run once in that database by somebody who may create roles, naming who will use the book:
--
--   PGOPTIONS='-c headroom.login=alice' psql -f roles.sql DATABASE
--
-- The program runs this file itself where it may. Running it again changes nothing.

DO $$
DECLARE
    login text := nullif(current_setting('headroom.login', true), '');
    wanted text;
BEGIN
    PERFORM pg_advisory_xact_lock(1214603621, 2);  -- two that change the same rows of the catalogue would collide
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
    FOREACH wanted IN ARRAY ARRAY['headroom_reader', 'headroom_household_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', wanted);
            EXECUTE format('ALTER ROLE %I SET statement_timeout = ''30s''', wanted);
            EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''30s''', wanted);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted);
    END LOOP;
END $$;
