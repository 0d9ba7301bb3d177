-- The cubes by one dimension at a time: a dashboard over months reads hundreds of rows, not millions.
CREATE TABLE "usage_summaries" (
    "organization_id" TEXT NOT NULL,
    "grain" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "saved_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "spent_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,

    CONSTRAINT "usage_summaries_pkey" PRIMARY KEY ("organization_id","grain","dimension","bucket_start","value","livemode")
);

CREATE TABLE "usage_summary_spans" (
    "organization_id" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "complete_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_summary_spans_pkey" PRIMARY KEY ("organization_id")
);

CREATE INDEX "usage_summaries_organization_id_grain_dimension_value_bucke_idx" ON "usage_summaries"("organization_id", "grain", "dimension", "value", "bucket_start");
CREATE INDEX "usage_rollups_organization_id_team_id_bucket_start_idx" ON "usage_rollups"("organization_id", "team_id", "bucket_start");

-- ── Beyond the schema language ──
ALTER TABLE usage_summaries ADD CONSTRAINT usage_summaries_grain CHECK (grain IN ('quarter', 'day'));

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['usage_summaries', 'usage_summary_spans'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT ON usage_summaries, usage_summary_spans TO tollgate_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_summaries, usage_summary_spans TO tollgate_worker;
