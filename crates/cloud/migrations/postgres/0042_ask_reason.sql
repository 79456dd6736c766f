-- Why somebody asks support for a device, in their own words: for those who decide.
ALTER TABLE approvals ADD COLUMN ask_reason TEXT COLLATE "C";
