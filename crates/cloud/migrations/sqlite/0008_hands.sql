-- What became of a device: who gave it to whom, when and why. Rows stay when the device is gone, so its number refers to
-- nothing.
CREATE TABLE device_moves (
    id            INTEGER PRIMARY KEY,
    device_id     BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    actor_user_id BIGINT,
    reason        TEXT,
    -- The state before: 'minted', 'released' or 'claimed'.
    was           TEXT NOT NULL,
    -- Where it was before: none where there was no device yet.
    from_org_id   BIGINT,
    from_owner_id BIGINT,
    -- Where it is after: none where it was erased.
    to_org_id     BIGINT,
    to_owner_id   BIGINT,
    -- Until when it can be undone. None: it never could be, it was, or what follows from it has been done.
    open_until    BIGINT
);
CREATE INDEX device_moves_by_device ON device_moves (device_id, id);
-- At most one for each device.
CREATE UNIQUE INDEX device_moves_open ON device_moves (device_id) WHERE open_until IS NOT NULL;
CREATE INDEX device_moves_by_end ON device_moves (open_until);
