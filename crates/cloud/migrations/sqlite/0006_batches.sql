-- Static tokens that were made together. Only those of a batch that is `ready` are there for anybody.
CREATE TABLE batches (
    id              INTEGER PRIMARY KEY,
    org_id          BIGINT NOT NULL REFERENCES organizations (id),
    template_id     BIGINT NOT NULL REFERENCES templates (id),
    name            TEXT NOT NULL,
    name_folded     TEXT NOT NULL,
    note            TEXT,
    source          TEXT NOT NULL,
    identifier_kind TEXT,
    -- The metadata fields of its tokens, in the order of the table that they came from, as a JSON list.
    fields          TEXT NOT NULL,
    state           TEXT NOT NULL,
    -- Tokens that it is to have, and those that were made so far.
    wanted          BIGINT NOT NULL,
    made            BIGINT NOT NULL,
    -- Until when one process alone goes on with it.
    lease_until     BIGINT,
    created_at      BIGINT NOT NULL
);
CREATE INDEX batches_by_org ON batches (org_id, id);
CREATE INDEX batches_by_state ON batches (state, id);

-- The rows that a batch is to be made of, one JSON object on a line, until it is made.
CREATE TABLE batch_rows (
    batch_id BIGINT PRIMARY KEY REFERENCES batches (id),
    lines    BLOB NOT NULL
);

ALTER TABLE static_tokens ADD COLUMN batch_id BIGINT REFERENCES batches (id);
-- Its place in the batch, from 1.
ALTER TABLE static_tokens ADD COLUMN number BIGINT;
-- The name that its device gets.
ALTER TABLE static_tokens ADD COLUMN name TEXT;
ALTER TABLE static_tokens ADD COLUMN identifier_kind TEXT;
ALTER TABLE static_tokens ADD COLUMN identifier TEXT;
-- Metadata by field, as a JSON object.
ALTER TABLE static_tokens ADD COLUMN metadata TEXT;
-- Label, identifier and name in lower case by Unicode's rules, for searches.
ALTER TABLE static_tokens ADD COLUMN folded TEXT NOT NULL DEFAULT '';
CREATE INDEX static_tokens_by_batch ON static_tokens (batch_id, number);
-- Counts a batch's tokens by state without looking at them.
CREATE INDEX static_tokens_by_state ON static_tokens (batch_id, revoked_at, claimed_at);
-- What was taken out of use frees its identifier.
CREATE UNIQUE INDEX static_tokens_by_identifier ON static_tokens (org_id, identifier_kind, identifier)
    WHERE identifier IS NOT NULL AND revoked_at IS NULL;
