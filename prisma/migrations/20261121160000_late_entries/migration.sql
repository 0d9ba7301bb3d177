-- Ranges of a BRIN index are summed up by vacuum alone: until then a search for late entries read all that came since.
DROP INDEX "usage_entries_recorded_at_idx";

-- ── Beyond the schema language ──
-- What was recorded long after it began is rare, and all that a month's close has to find beside the month's last minutes.
CREATE INDEX usage_entries_late ON usage_entries (organization_id, started_at)
  WHERE recorded_at - started_at > interval '10 minutes';
