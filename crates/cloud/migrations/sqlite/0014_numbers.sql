-- The number of the next device, which its row is written with.
CREATE VIEW next_device AS SELECT last_id + 1 AS id FROM device_ids;
CREATE TRIGGER device_has_number AFTER INSERT ON devices
BEGIN
    UPDATE device_ids SET last_id = NEW.id WHERE last_id < NEW.id;
END;
