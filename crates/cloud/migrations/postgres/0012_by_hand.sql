-- Metadata of the device's own by field, as a JSON object; its template has the defaults of the others.
ALTER TABLE devices ADD COLUMN metadata TEXT COLLATE "C";
UPDATE devices SET metadata = (SELECT s.metadata FROM static_tokens s WHERE s.device_id = devices.id);

-- How often a template was changed, from 1.
ALTER TABLE templates ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- How many devices an organization and those below it may have together; any number where it is NULL.
ALTER TABLE organizations ADD COLUMN device_limit BIGINT;

-- Devices that are made by hand are prepared like a batch: 'devices', whose tokens nobody sees, and which become devices in
-- one change, once all are there.
ALTER TABLE batches ADD COLUMN becomes TEXT COLLATE "C" NOT NULL DEFAULT 'tokens';
-- Whose the devices are to be, and who asked for them.
ALTER TABLE batches ADD COLUMN owner_id BIGINT;
ALTER TABLE batches ADD COLUMN actor TEXT COLLATE "C";
-- Why it came to nothing, as a JSON object.
ALTER TABLE batches ADD COLUMN failure TEXT COLLATE "C";
