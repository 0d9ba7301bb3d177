-- Summaries by the week of what has thousands of values, and of all end users as one: a report over months reads weeks.
ALTER TABLE usage_summaries DROP CONSTRAINT usage_summaries_grain;
ALTER TABLE usage_summaries ADD CONSTRAINT usage_summaries_grain CHECK (grain IN ('quarter', 'day', 'week'));

-- What is summarized already has no weeks: it is made again from the cubes, day by day, and read from them until then.
ALTER TABLE usage_summary_spans NO FORCE ROW LEVEL SECURITY;
UPDATE usage_summary_spans SET complete_from = '9999-01-01T00:00:00Z';
ALTER TABLE usage_summary_spans FORCE ROW LEVEL SECURITY;
