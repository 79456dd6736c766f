-- The number of the next device, which its row is written with. A sequence counts, so that two changes that make devices
-- do not meet in one row; it gives no number twice, and one whose change does not happen is left out.
CREATE VIEW next_device AS SELECT nextval('devices_id_seq') AS id;

-- Where the sequence began: here, or in the database that all this was copied from.
CREATE FUNCTION devices_are_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setval(pg_get_serial_sequence('devices', 'id'), GREATEST(NEW.last_id, 1), NEW.last_id > 0);
    RETURN NULL;
END;
$$;
CREATE TRIGGER devices_are_numbered AFTER INSERT OR UPDATE ON device_ids
FOR EACH ROW EXECUTE FUNCTION devices_are_numbered();
UPDATE device_ids SET last_id = last_id;
