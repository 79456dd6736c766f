-- Nodes that are reached by mesh: what is known of their stores.
CREATE TABLE mesh_nodes (
    device_id  BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    -- The newest derivation of its lives that are not remembered.
    forgotten  BIGINT NOT NULL,
    -- The newest lives that its derivation rose for, as a JSON list, and when it last did.
    lives      TEXT NOT NULL,
    raised_at  BIGINT,
    -- Whether it is to rise once it may, 1 or 0.
    wanted     BIGINT NOT NULL
);
-- Which messages of each life of a node there were: the newest number, and a bit for each of the 4,096 up to it.
CREATE TABLE mesh_lives (
    device_id  BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    life       BIGINT NOT NULL,
    derivation BIGINT NOT NULL,
    newest     BIGINT NOT NULL,
    seen       BLOB NOT NULL,
    PRIMARY KEY (device_id, life)
);
-- The way of each node's last message. The path is as relays told it, unproven, as JSON.
CREATE TABLE mesh_routes (
    device_id  BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    gateway_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    signal     BIGINT NOT NULL,
    heard_at   BIGINT NOT NULL
);
CREATE INDEX mesh_routes_by_gateway ON mesh_routes (gateway_id);
-- The message to a node that has this value, while it is on its way.
ALTER TABLE pending_writes ADD COLUMN command BIGINT;
-- The last number of a message to a node. A device that is made anew has the same token, and its node refuses what it has had.
ALTER TABLE air_keys ADD COLUMN command BIGINT NOT NULL DEFAULT 0;
-- The derivation that a pairing began with; moves do not change it.
ALTER TABLE gateway_nodes ADD COLUMN first_derivation BIGINT NOT NULL DEFAULT 0;
UPDATE gateway_nodes SET first_derivation =
    (SELECT d.derivation FROM devices d WHERE d.id = gateway_nodes.node_id);
