-- The index of names has, beside each name, the stretch of 32,768 ids that its device is in: a search that many devices
-- answer goes from the newest stretch to the next, and ends with the page, wherever its hits are. It has no list of what
-- is still to be sorted in, which each of the stretches would go through.
--
-- Both extensions come with PostgreSQL, and the owner of a database may have them; where they cannot be had, or another
-- migration is just getting them, searches work without, only slower.
DO $$
DECLARE
    names TEXT;
    numbers TEXT;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
        CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    SELECT n.nspname INTO names FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_trgm';
    SELECT n.nspname INTO numbers FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'btree_gin';
    DROP INDEX IF EXISTS devices_by_name;
    IF names IS NOT NULL AND numbers IS NOT NULL THEN
        EXECUTE format('CREATE INDEX devices_by_name ON devices
            USING gin (name_folded %I.gin_trgm_ops, (id >> 15) %I.int8_ops) WITH (fastupdate = off)', names, numbers);
    END IF;
END;
$$;
