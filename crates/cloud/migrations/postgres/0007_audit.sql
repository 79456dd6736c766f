-- The audit in one chain: each row that is sealed has its number in it, and a keyed digest over the digest before it and
-- all of its own fields. A row waits a moment, with neither, until it is sealed.
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN digest BYTEA;
CREATE UNIQUE INDEX audit_by_seq ON audit (seq);
CREATE INDEX audit_waiting ON audit (id) WHERE seq IS NULL;
CREATE INDEX audit_by_device ON audit (device_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX audit_by_actor ON audit (actor, id);

-- Where the chain ends, in one row, so that rows missing at the end show, too.
CREATE TABLE audit_end (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    seq      BIGINT NOT NULL,
    digest   BYTEA NOT NULL,
    -- A keyed digest over both: nobody without the key says that the chain ended earlier.
    proof    BYTEA NOT NULL
);

-- Rows are added, then sealed once. Whoever may change the database may take these away; the chain then shows it.
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of the audit stay as they are';
END;
$$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit FOR EACH ROW
WHEN (OLD.seq IS NOT NULL OR ROW (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.org_id, NEW.device_id, NEW.user_id, NEW.detail)
    IS DISTINCT FROM ROW (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.org_id, OLD.device_id, OLD.user_id, OLD.detail))
EXECUTE FUNCTION audit_is_kept();
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
