-- Labels that claim nothing any more, since their device got another one: support is told so, and since when.
CREATE TABLE old_labels (
    digest      BYTEA NOT NULL PRIMARY KEY,
    token_id    BIGINT NOT NULL REFERENCES static_tokens (id),
    replaced_at BIGINT NOT NULL,
    -- What the device got another one for, and who did that.
    kind        TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX old_labels_by_token ON old_labels (token_id, replaced_at);
-- Who took a label out of use; not known of those that were before.
ALTER TABLE static_tokens ADD COLUMN revoked_by TEXT COLLATE "C";
-- Refusals by what was asked for. Those alone: what claims writes no more than it did.
CREATE INDEX claim_answers_refused ON claim_answers (request_digest) WHERE status >= 400;
