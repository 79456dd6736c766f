-- What an organization's name looks like, by which it is told from those beside it; none where it was made before that was
-- written down, which a background task makes up for.
ALTER TABLE organizations ADD COLUMN looks TEXT COLLATE "C";
