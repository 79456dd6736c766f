-- A label is found by the numbers in its metadata, too, such as a serial number, as they are and without what people put between
-- their digits, each in a line of its own (`domain::sought_by`); and one without a batch by its own. The index finds any three
-- characters of all that.
UPDATE static_tokens SET folded = '#' || CAST(id AS TEXT) WHERE batch_id IS NULL AND folded = '';
UPDATE static_tokens SET folded = folded || told.lines || char(10) FROM (
    SELECT id, group_concat(line, '') AS lines FROM (
        SELECT s.id, char(10) || lower(f.value) || CASE WHEN lower(replace(replace(replace(replace(replace(f.value, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')) = lower(f.value) THEN '' ELSE char(10) || lower(replace(replace(replace(replace(replace(f.value, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')) END AS line
        FROM static_tokens s JOIN batches b ON b.id = s.batch_id, json_each(s.metadata) f
        WHERE b.becomes = 'tokens' AND s.metadata IS NOT NULL
        AND length(lower(replace(replace(replace(replace(replace(f.value, ':', ''), '-', ''), '.', ''), ' ', ''), '_', ''))) BETWEEN 3 AND 64 AND lower(replace(replace(replace(replace(replace(f.value, ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')) GLOB '*[0-9]*')
    GROUP BY id) told
WHERE told.id = static_tokens.id;

CREATE VIRTUAL TABLE label_texts USING fts5 (
    folded, content = 'static_tokens', content_rowid = 'id', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO label_texts (label_texts) VALUES ('rebuild');
CREATE TRIGGER label_comes AFTER INSERT ON static_tokens
BEGIN
    INSERT INTO label_texts (rowid, folded) VALUES (NEW.id, NEW.folded);
END;
CREATE TRIGGER label_goes AFTER DELETE ON static_tokens
BEGIN
    INSERT INTO label_texts (label_texts, rowid, folded) VALUES ('delete', OLD.id, OLD.folded);
END;
CREATE TRIGGER label_is_called AFTER UPDATE OF folded ON static_tokens WHEN OLD.folded <> NEW.folded
BEGIN
    INSERT INTO label_texts (label_texts, rowid, folded) VALUES ('delete', OLD.id, OLD.folded);
    INSERT INTO label_texts (rowid, folded) VALUES (NEW.id, NEW.folded);
END;
