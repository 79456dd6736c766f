-- Tokens that are prepared to become devices, each with the number that its device gets: those of a batch become devices
-- in one statement, whose rows are all read before the first is written.
CREATE VIEW prepared_devices AS
    SELECT (SELECT last_id FROM device_ids) + number AS device_id, batch_id, number, org_id, template_id, name, folded,
           metadata, auth_digest, auth_sealed
    FROM static_tokens ORDER BY batch_id, number;
