-- An `i` looks like an `l`, as its capital does: what names look like is written down anew, by a background task.
UPDATE organizations SET looks = NULL;
