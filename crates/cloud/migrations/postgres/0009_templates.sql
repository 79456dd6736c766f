-- Until now nothing but a demo made a template, whose name has no other letters than those that `lower` knows.
ALTER TABLE templates ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE templates SET name_folded = lower(name);
-- Datastreams, metadata fields and events, as a JSON object.
ALTER TABLE templates ADD COLUMN parts TEXT COLLATE "C" NOT NULL DEFAULT '{}';
