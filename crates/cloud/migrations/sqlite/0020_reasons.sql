-- Labels that claim nothing any more, since their device got another one: support is told so, and since when.
CREATE TABLE old_labels (
    digest      BLOB NOT NULL PRIMARY KEY,
    token_id    BIGINT NOT NULL REFERENCES static_tokens (id),
    replaced_at BIGINT NOT NULL,
    -- What the device got another one for, and who did that.
    kind        TEXT NOT NULL,
    actor       TEXT NOT NULL
);
CREATE INDEX old_labels_by_token ON old_labels (token_id, replaced_at);
-- Who took a label out of use; not known of those that were before.
ALTER TABLE static_tokens ADD COLUMN revoked_by TEXT;
-- Refusals by what was asked for. Those alone: what claims writes no more than it did.
CREATE INDEX claim_answers_refused ON claim_answers (request_digest) WHERE status >= 400;

-- Identifiers of one kind and organization differ by more than their case: people type one in any. Those that do not already
-- stay as they are; all but the first of them are no reason to refuse what is made from now on, which is checked before.
ALTER TABLE static_tokens ADD COLUMN case_twin BIGINT;
UPDATE static_tokens SET case_twin = 1
WHERE sought IS NOT NULL AND revoked_at IS NULL
AND EXISTS (SELECT 1 FROM static_tokens o
            WHERE o.sought = static_tokens.sought AND o.org_id = static_tokens.org_id
            AND o.identifier_kind = static_tokens.identifier_kind AND o.revoked_at IS NULL
            AND o.id < static_tokens.id);
DROP INDEX static_tokens_by_identifier;
CREATE UNIQUE INDEX static_tokens_by_identifier ON static_tokens (org_id, identifier_kind, sought)
    WHERE sought IS NOT NULL AND revoked_at IS NULL AND case_twin IS NULL;
