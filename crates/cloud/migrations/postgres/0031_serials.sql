-- Finds a device by a number that stands in its metadata, as where its serial number came with a table: each value of its own
-- that can be a number, which has a digit and 3 to 64 signs without what people put between them. Triggers keep it within
-- the change that it follows from.
CREATE TABLE device_serials (
    sought    TEXT COLLATE "C" NOT NULL,
    device_id BIGINT NOT NULL,
    PRIMARY KEY (sought, device_id)
);
CREATE INDEX device_serials_by_device ON device_serials (device_id);

CREATE VIEW metadata_numbers AS
    SELECT DISTINCT sought, device_id FROM (
        SELECT translate(f.value, 'abcdefghijklmnopqrstuvwxyz:-. _', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') COLLATE "C" AS sought,
               d.id AS device_id
        FROM devices d CROSS JOIN LATERAL json_each_text(d.metadata::json) f WHERE d.metadata IS NOT NULL) AS told
    WHERE length(sought) BETWEEN 3 AND 64 AND sought ~ '[0-9]';
INSERT INTO device_serials SELECT sought, device_id FROM metadata_numbers;

CREATE FUNCTION device_metadata_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM device_serials WHERE device_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO device_serials SELECT sought, device_id FROM metadata_numbers WHERE device_id = NEW.id;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER device_comes_with_metadata AFTER INSERT ON devices
    FOR EACH ROW WHEN (NEW.metadata IS NOT NULL) EXECUTE FUNCTION device_metadata_changes();
CREATE TRIGGER device_has_other_metadata AFTER UPDATE OF metadata ON devices
    FOR EACH ROW WHEN (OLD.metadata IS DISTINCT FROM NEW.metadata) EXECUTE FUNCTION device_metadata_changes();
CREATE TRIGGER device_goes_with_metadata AFTER DELETE ON devices
    FOR EACH ROW WHEN (OLD.metadata IS NOT NULL) EXECUTE FUNCTION device_metadata_changes();
