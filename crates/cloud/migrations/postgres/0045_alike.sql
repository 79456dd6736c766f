-- The form that identifiers are told apart and looked for by (`domain::told_apart_by`): a label's text names the same device
-- however either is written.
ALTER TABLE static_tokens ADD COLUMN alike TEXT COLLATE "C";
-- What is shorter than an address, or has nothing that stands between the digits of one, is in that form already. That of all
-- others is written down by a background task; until then they are compared as they are, but for addresses that have something
-- between their digits.
UPDATE static_tokens SET alike = sought WHERE sought IS NOT NULL
    AND (length(sought) < 12
         OR replace(replace(replace(replace(replace(sought, ':', ''), '-', ''), '.', ''), ' ', ''), '=', '') = sought);
DROP INDEX static_tokens_by_name;
CREATE INDEX static_tokens_by_alike ON static_tokens (COALESCE(alike, sought)) WHERE sought IS NOT NULL;
CREATE INDEX static_tokens_not_compared ON static_tokens (id) WHERE alike IS NULL AND sought IS NOT NULL;
