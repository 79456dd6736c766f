-- Finds a device by a number that stands in its metadata, as where its serial number came with a table: each value of its own
-- that can be a number, which has a digit and 3 to 64 signs without what people put between them. Triggers keep it within
-- the change that it follows from.
CREATE TABLE device_serials (
    sought    TEXT NOT NULL,
    device_id BIGINT NOT NULL,
    PRIMARY KEY (sought, device_id)
) WITHOUT ROWID;
CREATE INDEX device_serials_by_device ON device_serials (device_id);

CREATE VIEW metadata_numbers AS
    SELECT DISTINCT sought, device_id FROM (
        SELECT upper(replace(replace(replace(replace(replace(f.value, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')) AS sought,
               d.id AS device_id
        FROM devices d, json_each(d.metadata) f WHERE d.metadata IS NOT NULL) AS told
    WHERE length(sought) BETWEEN 3 AND 64 AND sought GLOB '*[0-9]*';
INSERT INTO device_serials SELECT sought, device_id FROM metadata_numbers;

CREATE TRIGGER device_comes_with_metadata AFTER INSERT ON devices WHEN NEW.metadata IS NOT NULL
BEGIN
    INSERT INTO device_serials SELECT sought, device_id FROM metadata_numbers WHERE device_id = NEW.id;
END;
CREATE TRIGGER device_has_other_metadata AFTER UPDATE OF metadata ON devices WHEN OLD.metadata IS NOT NEW.metadata
BEGIN
    DELETE FROM device_serials WHERE device_id = OLD.id;
    INSERT INTO device_serials SELECT sought, device_id FROM metadata_numbers WHERE device_id = NEW.id;
END;
CREATE TRIGGER device_goes_with_metadata AFTER DELETE ON devices WHEN OLD.metadata IS NOT NULL
BEGIN
    DELETE FROM device_serials WHERE device_id = OLD.id;
END;
