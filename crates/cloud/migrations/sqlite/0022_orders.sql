-- What makes each order and each filter of a list of devices a stretch of an index: beside where a device is seen from stands
-- what it is sorted and chosen by. Triggers keep it within the change that it follows from.

-- The name in the order that people expect: numbers by their value, letters without their marks. The cloud makes it; where
-- there is none yet, the name stands for it until it is made.
ALTER TABLE devices ADD COLUMN name_sorted TEXT;
CREATE INDEX devices_not_sorted ON devices (id) WHERE name_sorted IS NULL;

-- state: 0 was never there, 1 is away, 2 is there. seen: since when that is so, 0 for one that was never there. It changes
-- when a device comes or goes, and not with what it says.
DROP TABLE device_reach;
CREATE TABLE device_reach (
    ancestor_id BIGINT NOT NULL,
    device_id   BIGINT NOT NULL,
    template_id BIGINT NOT NULL,
    state       BIGINT NOT NULL,
    seen        BIGINT NOT NULL,
    name_key    TEXT NOT NULL,
    PRIMARY KEY (ancestor_id, device_id)
) WITHOUT ROWID;
INSERT INTO device_reach
    SELECT t.ancestor_id, d.id, d.template_id,
           CASE WHEN d.first_connect_time IS NULL OR d.connect_time IS NULL THEN 0
                WHEN d.disconnect_time IS NULL THEN 2 ELSE 1 END,
           CASE WHEN d.first_connect_time IS NULL OR d.connect_time IS NULL THEN 0
                ELSE COALESCE(d.disconnect_time, d.connect_time) END,
           d.name_folded
    FROM org_tree t JOIN devices d ON d.org_id = t.org_id ORDER BY t.ancestor_id, d.id;
CREATE INDEX device_reach_by_state ON device_reach (ancestor_id, state, device_id);
CREATE INDEX device_reach_by_name ON device_reach (ancestor_id, state, name_key, device_id);
CREATE INDEX device_reach_by_seen ON device_reach (ancestor_id, state, seen, device_id);
CREATE INDEX device_reach_by_kind ON device_reach (ancestor_id, template_id, state, device_id);
CREATE INDEX device_reach_by_kind_name ON device_reach (ancestor_id, template_id, state, name_key, device_id);
CREATE INDEX device_reach_by_kind_seen ON device_reach (ancestor_id, template_id, state, seen, device_id);

DROP TRIGGER device_comes;
CREATE TRIGGER device_comes AFTER INSERT ON devices
BEGIN
    INSERT INTO device_names (rowid, name_folded) VALUES (NEW.id, NEW.name_folded);
    INSERT INTO device_reach
        SELECT ancestor_id, NEW.id, NEW.template_id,
               CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                    WHEN NEW.disconnect_time IS NULL THEN 2 ELSE 1 END,
               CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                    ELSE COALESCE(NEW.disconnect_time, NEW.connect_time) END,
               COALESCE(NEW.name_sorted, NEW.name_folded)
        FROM org_tree WHERE org_id = NEW.org_id;
    INSERT INTO tallies (kind, of_id, amount) SELECT 'reach', ancestor_id, 1 FROM org_tree WHERE org_id = NEW.org_id
        UNION ALL SELECT 'own', NEW.org_id, 1;
END;
DROP TRIGGER device_changes_place;
CREATE TRIGGER device_changes_place AFTER UPDATE OF org_id ON devices WHEN OLD.org_id <> NEW.org_id
BEGIN
    DELETE FROM device_reach WHERE device_id = OLD.id
        AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = OLD.org_id);
    INSERT INTO device_reach
        SELECT ancestor_id, NEW.id, NEW.template_id,
               CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                    WHEN NEW.disconnect_time IS NULL THEN 2 ELSE 1 END,
               CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                    ELSE COALESCE(NEW.disconnect_time, NEW.connect_time) END,
               COALESCE(NEW.name_sorted, NEW.name_folded)
        FROM org_tree WHERE org_id = NEW.org_id;
    INSERT INTO tallies (kind, of_id, amount)
        SELECT 'reach', ancestor_id, -1 FROM org_tree WHERE org_id = OLD.org_id
        UNION ALL SELECT 'reach', ancestor_id, 1 FROM org_tree WHERE org_id = NEW.org_id
        UNION ALL SELECT 'own', OLD.org_id, -1
        UNION ALL SELECT 'own', NEW.org_id, 1;
END;
-- SQLite writes each index anew whose columns are set, whatever they are set to: names and connections apart.
CREATE TRIGGER device_is_sorted AFTER UPDATE OF name_folded, name_sorted ON devices
WHEN COALESCE(OLD.name_sorted, OLD.name_folded) <> COALESCE(NEW.name_sorted, NEW.name_folded)
BEGIN
    UPDATE device_reach SET name_key = COALESCE(NEW.name_sorted, NEW.name_folded) WHERE device_id = NEW.id
        AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = NEW.org_id);
END;
CREATE TRIGGER device_comes_and_goes AFTER UPDATE OF first_connect_time, connect_time, disconnect_time, template_id ON devices
WHEN OLD.first_connect_time IS NOT NEW.first_connect_time OR OLD.template_id <> NEW.template_id
    OR (OLD.connect_time IS NULL) <> (NEW.connect_time IS NULL)
    OR (OLD.disconnect_time IS NULL) <> (NEW.disconnect_time IS NULL)
BEGIN
    UPDATE device_reach SET template_id = NEW.template_id,
        state = CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                     WHEN NEW.disconnect_time IS NULL THEN 2 ELSE 1 END,
        seen = CASE WHEN NEW.first_connect_time IS NULL OR NEW.connect_time IS NULL THEN 0
                    ELSE COALESCE(NEW.disconnect_time, NEW.connect_time) END
    WHERE device_id = NEW.id AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = NEW.org_id);
END;
CREATE TRIGGER device_comes_again AFTER UPDATE OF connect_time, disconnect_time ON devices
WHEN OLD.first_connect_time IS NEW.first_connect_time AND NEW.first_connect_time IS NOT NULL
    AND OLD.connect_time IS NOT NULL AND NEW.connect_time IS NOT NULL
    AND (OLD.disconnect_time IS NULL) = (NEW.disconnect_time IS NULL)
    AND COALESCE(OLD.disconnect_time, OLD.connect_time) <> COALESCE(NEW.disconnect_time, NEW.connect_time)
BEGIN
    UPDATE device_reach SET seen = COALESCE(NEW.disconnect_time, NEW.connect_time)
    WHERE device_id = NEW.id AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = NEW.org_id);
END;

-- Finds what a device is identified by however people write it: without what stands between its digits and letters.
CREATE INDEX static_tokens_by_number ON static_tokens (
    replace(replace(replace(replace(replace(sought, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')
) WHERE sought IS NOT NULL;
