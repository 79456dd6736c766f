-- Why somebody did it, in their own words: what becomes of a device is forgotten with it, and the audit stays. Rows from before
-- have none, and are sealed as they were.
ALTER TABLE audit ADD COLUMN reason TEXT;

DROP TRIGGER audit_is_kept;
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit
WHEN OLD.seq IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor
    OR NEW.action <> OLD.action OR NEW.org_id IS NOT OLD.org_id OR NEW.device_id IS NOT OLD.device_id
    OR NEW.user_id IS NOT OLD.user_id OR NEW.detail IS NOT OLD.detail OR NEW.reason IS NOT OLD.reason
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit stay as they are');
END;
