-- Since when a draft note owes something, and when usage came onto it last: by these it is issued by itself. Null, of
-- notes from before: since it was begun.
ALTER TABLE credit_notes ADD COLUMN owed_since TIMESTAMPTZ(3), ADD COLUMN grown_at TIMESTAMPTZ(3);
