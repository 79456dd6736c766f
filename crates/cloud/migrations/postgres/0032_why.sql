-- Why somebody did it, in their own words: what becomes of a device is forgotten with it, and the audit stays. Rows from before
-- have none, and are sealed as they were.
ALTER TABLE audit ADD COLUMN reason TEXT COLLATE "C";

DROP TRIGGER audit_is_kept ON audit;
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit FOR EACH ROW
WHEN (OLD.seq IS NOT NULL OR ROW (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.org_id, NEW.device_id, NEW.user_id, NEW.detail, NEW.reason)
    IS DISTINCT FROM ROW (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.org_id, OLD.device_id, OLD.user_id, OLD.detail, OLD.reason))
EXECUTE FUNCTION audit_is_kept();
