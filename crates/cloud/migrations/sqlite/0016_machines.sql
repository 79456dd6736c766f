-- Credentials that are no longer good stay for the audit, which names them.
ALTER TABLE oauth_clients ADD COLUMN revoked_at BIGINT;
CREATE INDEX oauth_clients_by_org ON oauth_clients (org_id);
CREATE INDEX sessions_by_client ON sessions (client_id) WHERE client_id IS NOT NULL;
