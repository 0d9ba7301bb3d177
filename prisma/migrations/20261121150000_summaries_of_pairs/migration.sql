-- Summaries by the day of two dimensions at once. What is summarized already has none: it is made again from the cubes,
-- day by day, and read from them until then.
ALTER TABLE usage_summary_spans NO FORCE ROW LEVEL SECURITY;
UPDATE usage_summary_spans SET complete_from = '9999-01-01T00:00:00Z';
ALTER TABLE usage_summary_spans FORCE ROW LEVEL SECURITY;
