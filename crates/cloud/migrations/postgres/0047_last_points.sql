-- What stands for the points of a datastream that came last, so that what is sent again for want of an answer counts once: 8 bytes
-- of each.
CREATE TABLE last_points (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    pin       BIGINT NOT NULL,
    points    BYTEA NOT NULL,
    PRIMARY KEY (device_id, tenure, pin)
);
