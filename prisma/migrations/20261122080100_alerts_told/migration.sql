-- When people were last told that an alert fires. Null: when it fired, as it was before.
ALTER TABLE alerts ADD COLUMN told_at TIMESTAMPTZ(3);
