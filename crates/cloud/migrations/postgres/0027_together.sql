-- Labels of nodes that nobody has, and the label of the gateway that they wait with: whoever claims that one gets all of them.
CREATE TABLE waiting_nodes (
    node_token    BIGINT PRIMARY KEY REFERENCES static_tokens (id) ON DELETE CASCADE,
    gateway_token BIGINT NOT NULL REFERENCES static_tokens (id) ON DELETE CASCADE
);
CREATE INDEX waiting_nodes_by_gateway ON waiting_nodes (gateway_token);
-- What somebody has, or what was taken out of use, waits for nobody and with nobody.
CREATE FUNCTION token_waits_no_more() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting_nodes WHERE node_token = NEW.id;
    DELETE FROM waiting_nodes WHERE gateway_token = NEW.id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER token_waits_no_more AFTER UPDATE OF claimed_at, revoked_at ON static_tokens FOR EACH ROW
WHEN (NEW.claimed_at IS NOT NULL OR NEW.revoked_at IS NOT NULL)
EXECUTE FUNCTION token_waits_no_more();
-- The gateway that a device was claimed or moved together with: all of them are undone, or none is.
ALTER TABLE device_moves ADD COLUMN together BIGINT;
CREATE INDEX device_moves_together ON device_moves (together) WHERE together IS NOT NULL AND open_until IS NOT NULL;
