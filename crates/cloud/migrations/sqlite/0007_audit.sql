-- The audit in one chain: each row that is sealed has its number in it, and a keyed digest over the digest before it and
-- all of its own fields. A row waits a moment, with neither, until it is sealed.
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN digest BLOB;
CREATE UNIQUE INDEX audit_by_seq ON audit (seq);
CREATE INDEX audit_waiting ON audit (id) WHERE seq IS NULL;
CREATE INDEX audit_by_device ON audit (device_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX audit_by_actor ON audit (actor, id);

-- Where the chain ends, in one row, so that rows missing at the end show, too.
CREATE TABLE audit_end (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    seq      BIGINT NOT NULL,
    digest   BLOB NOT NULL,
    -- A keyed digest over both: nobody without the key says that the chain ended earlier.
    proof    BLOB NOT NULL
);

-- Rows are added, then sealed once. Whoever may change the database may take these away; the chain then shows it.
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit
WHEN OLD.seq IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor
    OR NEW.action <> OLD.action OR NEW.org_id IS NOT OLD.org_id OR NEW.device_id IS NOT OLD.device_id
    OR NEW.user_id IS NOT OLD.user_id OR NEW.detail IS NOT OLD.detail
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit stay as they are');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit stay');
END;
