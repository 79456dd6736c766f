-- What a batch's identifiers must fit, where the maker has a pattern of their own, and what has to come with one before
-- it claims.
ALTER TABLE batches ADD COLUMN identifier_pattern TEXT;
ALTER TABLE batches ADD COLUMN proof TEXT;
-- Nobody was given claim codes for what there is already: its identifiers claim with support's word alone.
UPDATE batches SET proof = 'staff_approval' WHERE identifier_kind IS NOT NULL;

ALTER TABLE static_tokens ADD COLUMN code_digest BLOB;
ALTER TABLE static_tokens ADD COLUMN code_sealed BLOB;
-- Claims look for an identifier in all organizations.
CREATE INDEX static_tokens_by_name ON static_tokens (identifier) WHERE identifier IS NOT NULL;

-- Claims by identifier that wait for support's word, or have had it.
CREATE TABLE approvals (
    id         INTEGER PRIMARY KEY,
    -- None: nothing that could be claimed has this identifier. Nobody sees such a row, and it expires like the others.
    token_id   BIGINT REFERENCES static_tokens (id),
    identifier TEXT NOT NULL,
    -- Whose the device would be. Rows go when the person goes.
    user_id    BIGINT NOT NULL,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    decided_at BIGINT,
    reason     TEXT,
    -- When support was told that it waits.
    told_at    BIGINT
);
CREATE INDEX approvals_by_token ON approvals (token_id);
CREATE INDEX approvals_by_state ON approvals (state, until);
CREATE UNIQUE INDEX approvals_open ON approvals (user_id, identifier) WHERE state = 'pending';
