-- What makes lists and searches take no longer over many devices. All of it follows from the other tables, is kept by
-- triggers within the change that it follows from, and can be made anew from them.

-- From where a device is seen: its own organization and all above it. A page of what an organization sees is one stretch
-- of the key.
CREATE TABLE device_reach (
    ancestor_id BIGINT NOT NULL,
    device_id   BIGINT NOT NULL,
    PRIMARY KEY (ancestor_id, device_id)
) WITHOUT ROWID;

-- How many there are, as the sum of all rows of a kind: devices in an organization ('own'), in it and below ('reach');
-- tokens of a batch that are claimed ('claimed') and out of use ('revoked'). Each change adds rows and touches none, so
-- that two changes never meet in one; rows are added up now and then.
CREATE TABLE tallies (
    id     INTEGER PRIMARY KEY,
    kind   TEXT NOT NULL,
    of_id  BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE INDEX tallies_by_kind ON tallies (kind, of_id, amount);

-- Finds names by any three characters of theirs.
CREATE VIRTUAL TABLE device_names USING fts5 (
    name_folded, content = 'devices', content_rowid = 'id', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);

-- A customer's own devices are searched in the index alone.
DROP INDEX devices_by_org;
CREATE INDEX devices_by_org ON devices (org_id, id, name_folded);

INSERT INTO device_reach SELECT t.ancestor_id, d.id FROM devices d JOIN org_tree t ON t.org_id = d.org_id;
INSERT INTO tallies (kind, of_id, amount) SELECT 'own', org_id, COUNT(*) FROM devices GROUP BY org_id;
INSERT INTO tallies (kind, of_id, amount) SELECT 'reach', ancestor_id, COUNT(*) FROM device_reach GROUP BY ancestor_id;
INSERT INTO tallies (kind, of_id, amount) SELECT 'claimed', batch_id, COUNT(*) FROM static_tokens
    WHERE batch_id IS NOT NULL AND revoked_at IS NULL AND claimed_at IS NOT NULL GROUP BY batch_id;
INSERT INTO tallies (kind, of_id, amount) SELECT 'revoked', batch_id, COUNT(*) FROM static_tokens
    WHERE batch_id IS NOT NULL AND revoked_at IS NOT NULL GROUP BY batch_id;
INSERT INTO device_names (device_names) VALUES ('rebuild');

CREATE TRIGGER device_comes AFTER INSERT ON devices
BEGIN
    INSERT INTO device_names (rowid, name_folded) VALUES (NEW.id, NEW.name_folded);
    INSERT INTO device_reach SELECT ancestor_id, NEW.id FROM org_tree WHERE org_id = NEW.org_id;
    INSERT INTO tallies (kind, of_id, amount) SELECT 'reach', ancestor_id, 1 FROM org_tree WHERE org_id = NEW.org_id
        UNION ALL SELECT 'own', NEW.org_id, 1;
END;
CREATE TRIGGER device_goes AFTER DELETE ON devices
BEGIN
    INSERT INTO device_names (device_names, rowid, name_folded) VALUES ('delete', OLD.id, OLD.name_folded);
    DELETE FROM device_reach WHERE device_id = OLD.id
        AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = OLD.org_id);
    INSERT INTO tallies (kind, of_id, amount) SELECT 'reach', ancestor_id, -1 FROM org_tree WHERE org_id = OLD.org_id
        UNION ALL SELECT 'own', OLD.org_id, -1;
END;
CREATE TRIGGER device_changes_place AFTER UPDATE OF org_id ON devices WHEN OLD.org_id <> NEW.org_id
BEGIN
    DELETE FROM device_reach WHERE device_id = OLD.id
        AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = OLD.org_id);
    INSERT INTO device_reach SELECT ancestor_id, NEW.id FROM org_tree WHERE org_id = NEW.org_id;
    INSERT INTO tallies (kind, of_id, amount)
        SELECT 'reach', ancestor_id, -1 FROM org_tree WHERE org_id = OLD.org_id
        UNION ALL SELECT 'reach', ancestor_id, 1 FROM org_tree WHERE org_id = NEW.org_id
        UNION ALL SELECT 'own', OLD.org_id, -1
        UNION ALL SELECT 'own', NEW.org_id, 1;
END;
CREATE TRIGGER device_is_renamed AFTER UPDATE OF name_folded ON devices WHEN OLD.name_folded <> NEW.name_folded
BEGIN
    INSERT INTO device_names (device_names, rowid, name_folded) VALUES ('delete', OLD.id, OLD.name_folded);
    INSERT INTO device_names (rowid, name_folded) VALUES (NEW.id, NEW.name_folded);
END;

CREATE TRIGGER token_comes AFTER INSERT ON static_tokens
WHEN NEW.batch_id IS NOT NULL AND (NEW.claimed_at IS NOT NULL OR NEW.revoked_at IS NOT NULL)
BEGIN
    INSERT INTO tallies (kind, of_id, amount)
        SELECT CASE WHEN NEW.revoked_at IS NULL THEN 'claimed' ELSE 'revoked' END, NEW.batch_id, 1;
END;
CREATE TRIGGER token_changes AFTER UPDATE OF claimed_at, revoked_at ON static_tokens
WHEN NEW.batch_id IS NOT NULL
    AND ((OLD.claimed_at IS NULL) <> (NEW.claimed_at IS NULL) OR (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL))
BEGIN
    INSERT INTO tallies (kind, of_id, amount)
        SELECT CASE WHEN OLD.revoked_at IS NULL THEN 'claimed' ELSE 'revoked' END, NEW.batch_id, -1
            WHERE OLD.claimed_at IS NOT NULL OR OLD.revoked_at IS NOT NULL
        UNION ALL SELECT CASE WHEN NEW.revoked_at IS NULL THEN 'claimed' ELSE 'revoked' END, NEW.batch_id, 1
            WHERE NEW.claimed_at IS NOT NULL OR NEW.revoked_at IS NOT NULL;
END;
