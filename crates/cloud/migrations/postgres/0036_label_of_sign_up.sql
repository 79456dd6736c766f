-- The label that somebody had in hand who asked for an account, sealed: the mail may be opened where nothing is known of it.
-- It goes when the link is used.
ALTER TABLE one_time_links ADD COLUMN label_sealed BYTEA;
