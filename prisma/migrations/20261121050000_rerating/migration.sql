-- Prices that people state, and rating a period again after they were corrected.

-- AlterTable
ALTER TABLE "price_versions" ADD COLUMN     "own_credentials_only" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "usage_entries" ADD COLUMN     "adjustment_id" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "settles_unknown" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "reratings" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "provider" TEXT NOT NULL DEFAULT '',
    "model" TEXT NOT NULL DEFAULT '',
    "own_credentials_only" BOOLEAN NOT NULL DEFAULT true,
    "requested_by_name" TEXT NOT NULL DEFAULT '',
    "plan" JSONB,
    "cursor_started_at" TIMESTAMPTZ(3),
    "cursor_request_id" TEXT NOT NULL DEFAULT '',
    "cursor_attempt" SMALLINT NOT NULL DEFAULT 0,
    "attempts_seen" BIGINT NOT NULL DEFAULT 0,
    "failure" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "previewed_at" TIMESTAMPTZ(3),
    "apply_requested_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reratings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rerating_lines" (
    "organization_id" TEXT NOT NULL,
    "rerating_id" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "credential_owner" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "entries" BIGINT NOT NULL DEFAULT 0,
    "unknown_entries" BIGINT NOT NULL DEFAULT 0,
    "unpriced_entries" BIGINT NOT NULL DEFAULT 0,
    "old_cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "new_cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "old_charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "new_charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,

    CONSTRAINT "rerating_lines_pkey" PRIMARY KEY ("organization_id","rerating_id","phase","provider","model","credential_owner","livemode")
);

-- CreateIndex
CREATE UNIQUE INDEX "reratings_organization_id_id_key" ON "reratings"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "rerating_lines" ADD CONSTRAINT "rerating_lines_organization_id_rerating_id_fkey" FOREIGN KEY ("organization_id", "rerating_id") REFERENCES "reratings"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Beyond the schema language ──
ALTER TABLE reratings ADD CONSTRAINT reratings_sane CHECK (
  period_start < period_end AND state IN ('previewing', 'previewed', 'applying', 'applied', 'cancelled', 'failed'));
-- Two at once would correct the same entries; and the worker's rounds look for these.
CREATE UNIQUE INDEX reratings_one_running ON reratings (organization_id) WHERE state IN ('previewing', 'previewed', 'applying');

-- [M2] A re-rating makes at most one adjustment of an attempt, however often it is run.
CREATE UNIQUE INDEX usage_entries_one_adjustment ON usage_entries (organization_id, started_at, request_id, attempt, adjustment_id)
  WHERE adjustment_id <> '';

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['reratings', 'rerating_lines'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON reratings TO tollgate_console;
GRANT UPDATE (state, apply_requested_at, ended_at, cursor_started_at, cursor_request_id, cursor_attempt, attempts_seen) ON reratings TO tollgate_console;
GRANT SELECT ON rerating_lines TO tollgate_console;
GRANT SELECT, UPDATE ON reratings TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON rerating_lines TO tollgate_worker;
-- A correction names what of a budget stands above its limit.
GRANT EXECUTE ON FUNCTION budget_period_limit(budgets, budget_periods) TO tollgate_worker;

-- A price that was in force is never edited and never removed.
REVOKE UPDATE ON price_versions FROM tollgate_console;
GRANT DELETE ON price_versions TO tollgate_console;
CREATE POLICY scheduled ON price_versions AS RESTRICTIVE FOR DELETE TO tollgate_console USING (layer <> 'catalogue' AND valid_from > now());
