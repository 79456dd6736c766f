-- Who gave support's word about a claim that asked for it. Of those from before only the audit has that.
ALTER TABLE approvals ADD COLUMN decided_by TEXT;
