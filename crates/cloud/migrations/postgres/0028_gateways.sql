-- Nodes and the gateways that carry what they say: one gateway for each node.
CREATE TABLE gateway_nodes (
    node_id    BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    gateway_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    paired_at  BIGINT NOT NULL
);
CREATE INDEX gateway_nodes_by_gateway ON gateway_nodes (gateway_id);
-- Until when gateways may be asked by nodes that want to join.
CREATE TABLE join_windows (
    gateway_id BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    until      BIGINT NOT NULL
);
-- Nodes that have asked and wait for somebody's word. One that asks twice waits once, at the gateway that it asked last.
CREATE TABLE join_requests (
    node_id    BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    gateway_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    asked_at   BIGINT NOT NULL
);
CREATE INDEX join_requests_by_gateway ON join_requests (gateway_id);
-- How often a device was given to a gateway: its keys on the air follow from this, so that a gateway that it was taken from
-- reads nothing that comes after.
ALTER TABLE devices ADD COLUMN derivation BIGINT NOT NULL DEFAULT 0;
-- The last derivation of each auth token. A device that is erased and made anew has the same token, and goes on from there.
CREATE TABLE air_keys (
    auth_digest BYTEA PRIMARY KEY,
    derivation  BIGINT NOT NULL
);
-- The gateway that carried what it said last; none where it said that itself.
ALTER TABLE liveness ADD COLUMN carrier BIGINT;
