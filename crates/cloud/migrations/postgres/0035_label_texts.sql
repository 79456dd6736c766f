-- A label is found by the numbers in its metadata, too, such as a serial number, as they are and without what people put between
-- their digits, each in a line of its own (`domain::sought_by`); and one without a batch by its own. The index finds any three
-- characters of all that.
UPDATE static_tokens SET folded = '#' || CAST(id AS TEXT) WHERE batch_id IS NULL AND folded = '';
UPDATE static_tokens SET folded = folded || told.lines || chr(10) FROM (
    SELECT s.id, string_agg(chr(10) || lower(f.value)
               || CASE WHEN translate(lower(f.value), ':-. _', '') = lower(f.value) THEN '' ELSE chr(10) || translate(lower(f.value), ':-. _', '') END, '') AS lines
    FROM static_tokens s JOIN batches b ON b.id = s.batch_id CROSS JOIN LATERAL json_each_text(s.metadata::json) f
    WHERE b.becomes = 'tokens' AND s.metadata IS NOT NULL
    AND length(translate(lower(f.value), ':-. _', '')) BETWEEN 3 AND 64 AND translate(lower(f.value), ':-. _', '') ~ '[0-9]'
    GROUP BY s.id) told
WHERE told.id = static_tokens.id;

-- Where the extension cannot be had, searches work without the index, only slower.
DO $$
DECLARE
    place TEXT;
BEGIN
    SELECT n.nspname INTO place FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_trgm';
    IF place IS NOT NULL THEN
        EXECUTE format('CREATE INDEX static_tokens_by_text ON static_tokens USING gin (folded %I.gin_trgm_ops)', place);
    END IF;
END;
$$;
