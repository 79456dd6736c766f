-- Tokens that are prepared to become devices, each with the number that its device gets, in the order of their batch. A
-- sequence counts once they are in order, so all of a batch have theirs in one statement.
CREATE VIEW prepared_devices AS
    SELECT nextval('devices_id_seq') AS device_id, batch_id, number, org_id, template_id, name, folded, metadata,
           auth_digest, auth_sealed
    FROM static_tokens ORDER BY batch_id, number;
