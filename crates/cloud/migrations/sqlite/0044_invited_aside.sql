-- The address that somebody was invited by while it was that of somebody of another organization: it is shown to those who
-- invited them, and nobody is found by it. What stands as their own address is none then.
ALTER TABLE users ADD COLUMN invited_as TEXT;
CREATE INDEX users_invited_as ON users (invited_as) WHERE invited_as IS NOT NULL;
