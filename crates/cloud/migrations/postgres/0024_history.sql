-- What whoever has a device sees of what it said before it was theirs: tenures from one to another, where the first is no
-- later than the last.
ALTER TABLE devices ADD COLUMN kept_from BIGINT NOT NULL DEFAULT 1;
ALTER TABLE devices ADD COLUMN kept_to BIGINT NOT NULL DEFAULT 0;
-- The same of the tenure that an undo brings back.
ALTER TABLE devices ADD COLUMN former_kept_from BIGINT NOT NULL DEFAULT 1;
ALTER TABLE devices ADD COLUMN former_kept_to BIGINT NOT NULL DEFAULT 0;
-- What whoever claims it next will see: it was given up, with its history. It stays until that claim cannot be undone.
ALTER TABLE devices ADD COLUMN next_from BIGINT NOT NULL DEFAULT 1;
ALTER TABLE devices ADD COLUMN next_to BIGINT NOT NULL DEFAULT 0;
-- What becomes of what there was before a move, 'keep' or 'erase', where somebody chose; and whether that was done to this
-- row itself: it counts, and says nobody's name any more.
ALTER TABLE device_moves ADD COLUMN history TEXT COLLATE "C";
ALTER TABLE device_moves ADD COLUMN erased BIGINT NOT NULL DEFAULT 0;

-- Who was shown the secrets of a batch that shows them once, as long as it is not known that all of it arrived.
ALTER TABLE batches ADD COLUMN exported_by TEXT COLLATE "C";

-- Which work made a device by hand, and the lowest and highest numbers that a work has made.
ALTER TABLE devices ADD COLUMN work_id BIGINT;
ALTER TABLE batches ADD COLUMN first_device BIGINT;
ALTER TABLE batches ADD COLUMN last_device BIGINT;

-- Who made a machine's credentials.
ALTER TABLE oauth_clients ADD COLUMN created_by BIGINT;
UPDATE oauth_clients SET created_by =
    (SELECT MIN(CAST(substr(a.actor, 6) AS BIGINT)) FROM audit a
     WHERE a.action = 'create_client' AND a.detail = oauth_clients.client_id AND a.actor LIKE 'user %');
