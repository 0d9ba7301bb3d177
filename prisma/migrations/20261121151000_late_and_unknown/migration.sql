-- What was recorded after a month had ended is found without reading the month: entries lie in the order of their recording.
CREATE INDEX "usage_entries_recorded_at_idx" ON "usage_entries" USING BRIN ("recorded_at");

-- ── Beyond the schema language ──
-- Models without a price are few, and asked for by every page that shows amounts.
CREATE INDEX usage_rollups_unknown_cost ON usage_rollups (organization_id, bucket_start) WHERE unknown_cost_entries <> 0;

-- A team by its keys is summarized as well: what is summarized already is made again from the cubes, day by day.
ALTER TABLE usage_summary_spans NO FORCE ROW LEVEL SECURITY;
UPDATE usage_summary_spans SET complete_from = '9999-01-01T00:00:00Z';
ALTER TABLE usage_summary_spans FORCE ROW LEVEL SECURITY;
