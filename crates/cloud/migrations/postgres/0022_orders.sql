-- What makes each order and each filter of a list of devices a stretch of an index: beside where a device is seen from stands
-- what it is sorted and chosen by. Triggers keep it within the change that it follows from.

-- The name in the order that people expect: numbers by their value, letters without their marks. The cloud makes it; where
-- there is none yet, the name stands for it until it is made.
ALTER TABLE devices ADD COLUMN name_sorted TEXT COLLATE "C";
CREATE INDEX devices_not_sorted ON devices (id) WHERE name_sorted IS NULL;

-- state: 0 was never there, 1 is away, 2 is there. seen: since when that is so, 0 for one that was never there. It changes
-- when a device comes or goes, and not with what it says.
CREATE FUNCTION device_state(first_connect BIGINT, connect BIGINT, disconnect BIGINT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN first_connect IS NULL OR connect IS NULL THEN 0 WHEN disconnect IS NULL THEN 2 ELSE 1 END::BIGINT;
$$;
CREATE FUNCTION device_seen(first_connect BIGINT, connect BIGINT, disconnect BIGINT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN first_connect IS NULL OR connect IS NULL THEN 0 ELSE COALESCE(disconnect, connect) END;
$$;

DROP TABLE device_reach;
CREATE TABLE device_reach (
    ancestor_id BIGINT NOT NULL,
    device_id   BIGINT NOT NULL,
    template_id BIGINT NOT NULL,
    state       BIGINT NOT NULL,
    seen        BIGINT NOT NULL,
    name_key    TEXT COLLATE "C" NOT NULL
);
INSERT INTO device_reach
    SELECT t.ancestor_id, d.id, d.template_id,
           device_state(d.first_connect_time, d.connect_time, d.disconnect_time),
           device_seen(d.first_connect_time, d.connect_time, d.disconnect_time), d.name_folded
    FROM org_tree t JOIN devices d ON d.org_id = t.org_id ORDER BY t.ancestor_id, d.id;
ALTER TABLE device_reach ADD PRIMARY KEY (ancestor_id, device_id);
CREATE INDEX device_reach_by_state ON device_reach (ancestor_id, state, device_id);
CREATE INDEX device_reach_by_name ON device_reach (ancestor_id, state, name_key, device_id);
CREATE INDEX device_reach_by_seen ON device_reach (ancestor_id, state, seen, device_id);
CREATE INDEX device_reach_by_kind ON device_reach (ancestor_id, template_id, state, device_id);
CREATE INDEX device_reach_by_kind_name ON device_reach (ancestor_id, template_id, state, name_key, device_id);
CREATE INDEX device_reach_by_kind_seen ON device_reach (ancestor_id, template_id, state, seen, device_id);

CREATE OR REPLACE FUNCTION device_comes_or_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM device_reach WHERE device_id = OLD.id
            AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = OLD.org_id);
        PERFORM device_is_counted(OLD.org_id, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO device_reach
            SELECT ancestor_id, NEW.id, NEW.template_id,
                   device_state(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time),
                   device_seen(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time),
                   COALESCE(NEW.name_sorted, NEW.name_folded)
            FROM org_tree WHERE org_id = NEW.org_id;
        PERFORM device_is_counted(NEW.org_id, 1);
    END IF;
    RETURN NULL;
END;
$$;
-- It goes by the key alone, however small the table is: whoever reads all of a table meets every other change.
CREATE FUNCTION device_is_otherwise() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    UPDATE device_reach SET template_id = NEW.template_id,
        state = device_state(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time),
        seen = device_seen(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time),
        name_key = COALESCE(NEW.name_sorted, NEW.name_folded)
    WHERE device_id = NEW.id AND ancestor_id IN (SELECT ancestor_id FROM org_tree WHERE org_id = NEW.org_id);
    RETURN NULL;
END;
$$;
CREATE TRIGGER device_is_otherwise AFTER UPDATE OF
    name_folded, name_sorted, first_connect_time, connect_time, disconnect_time, template_id ON devices FOR EACH ROW
WHEN (COALESCE(OLD.name_sorted, OLD.name_folded) <> COALESCE(NEW.name_sorted, NEW.name_folded)
    OR OLD.template_id <> NEW.template_id
    OR device_state(OLD.first_connect_time, OLD.connect_time, OLD.disconnect_time)
        <> device_state(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time)
    OR device_seen(OLD.first_connect_time, OLD.connect_time, OLD.disconnect_time)
        <> device_seen(NEW.first_connect_time, NEW.connect_time, NEW.disconnect_time))
EXECUTE FUNCTION device_is_otherwise();

-- Finds what a device is identified by however people write it: without what stands between its digits and letters.
CREATE INDEX static_tokens_by_number ON static_tokens (
    replace(replace(replace(replace(replace(sought, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')
) WHERE sought IS NOT NULL;
