-- What an undo brings back beside what a device said: its name, its metadata, what is known of its hardware and since when
-- it was there. Nothing once the move cannot be undone.
ALTER TABLE devices ADD COLUMN former_name TEXT;
ALTER TABLE devices ADD COLUMN former_name_folded TEXT;
ALTER TABLE devices ADD COLUMN former_name_sorted TEXT;
ALTER TABLE devices ADD COLUMN former_metadata TEXT;
ALTER TABLE devices ADD COLUMN former_hardware TEXT;
ALTER TABLE devices ADD COLUMN former_first_connect_time BIGINT;
ALTER TABLE devices ADD COLUMN former_connect_time BIGINT;
ALTER TABLE devices ADD COLUMN former_disconnect_time BIGINT;

-- What it was to be told once it is back.
CREATE TABLE former_writes (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    pin       BIGINT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (device_id, pin)
);
