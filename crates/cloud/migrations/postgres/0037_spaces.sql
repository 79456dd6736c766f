-- Names are compared and searched for with one space where several stand; those from before that are kept with all of theirs.
-- Seven times halved, a hundred spaces are one.
UPDATE organizations SET name_folded =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name_folded, '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    WHERE name_folded LIKE '%  %';
UPDATE users SET folded =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(folded, '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    WHERE folded LIKE '%  %';
UPDATE templates SET name_folded =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name_folded, '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    WHERE name_folded LIKE '%  %';
UPDATE batches SET name_folded =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name_folded, '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    WHERE name_folded LIKE '%  %';
UPDATE devices SET name_folded =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name_folded, '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    WHERE name_folded LIKE '%  %';
