-- The last number that a device got. A deleted device's number is never given again: the audit, kept answers and links
-- name devices by it.
CREATE TABLE device_ids (
    last_id BIGINT NOT NULL
);
INSERT INTO device_ids (last_id) SELECT COALESCE(MAX(id), 0) FROM devices;
