-- Why somebody took a label out of use, in their own words: support is asked why it does not claim.
ALTER TABLE static_tokens ADD COLUMN revoke_reason TEXT;
