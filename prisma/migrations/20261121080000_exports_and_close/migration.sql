-- Exports, providers' bills, other gateways' spend, the close of a month; notes whose entries are rows and no longer
-- one ever longer value.
-- AlterTable
ALTER TABLE "gateway_epochs" ADD COLUMN     "oldest_open_at" TIMESTAMPTZ(3),
ADD COLUMN     "open_reported_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "quarantined_entries" ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "decided_by_id" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "decided_by_kind" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "decided_by_name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "decision" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "note" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "refusal" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "credit_note_entries" (
    "organization_id" TEXT NOT NULL,
    "credit_note_line_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "entry" SMALLINT NOT NULL,

    CONSTRAINT "credit_note_entries_pkey" PRIMARY KEY ("organization_id","credit_note_line_id","started_at","request_id","attempt","entry")
);

-- CreateTable
CREATE TABLE "month_close_steps" (
    "organization_id" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "step" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "seen" JSONB NOT NULL DEFAULT '{}',
    "done_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "month_close_steps_pkey" PRIMARY KEY ("organization_id","period_start","livemode","step")
);

-- CreateTable
CREATE TABLE "cost_splits" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "shares" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cost_splits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_exports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "question" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT NOT NULL DEFAULT '',
    "file_name" TEXT NOT NULL DEFAULT '',
    "path" TEXT NOT NULL DEFAULT '',
    "total_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "schedule_id" TEXT,
    "period_start" TIMESTAMPTZ(3),
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_exports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "export_schedules" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "destination" TEXT NOT NULL DEFAULT 'state',
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_schedules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_bills" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "file_bytes" BIGINT NOT NULL,
    "rows" BIGINT NOT NULL,
    "ignored_rows" BIGINT NOT NULL DEFAULT 0,
    "credential_id" TEXT NOT NULL DEFAULT '',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "bill_pico_usd" DECIMAL(38,0) NOT NULL,
    "ledger_pico_usd" DECIMAL(38,0) NOT NULL,
    "difference_pico_usd" DECIMAL(38,0) NOT NULL,
    "compared_at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_bills_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_bill_lines" (
    "organization_id" TEXT NOT NULL,
    "bill_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "provider_model" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "quantity" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "rows" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "provider_bill_lines_pkey" PRIMARY KEY ("organization_id","bill_id","day","provider_model","model","component","tier","account")
);

-- CreateTable
CREATE TABLE "provider_differences" (
    "organization_id" TEXT NOT NULL,
    "bill_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "model" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "bill_pico_usd" DECIMAL(38,0) NOT NULL,
    "ledger_pico_usd" DECIMAL(38,0) NOT NULL,
    "difference_pico_usd" DECIMAL(38,0) NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'open',
    "note" TEXT NOT NULL DEFAULT '',
    "actor_kind" TEXT NOT NULL DEFAULT '',
    "actor_id" TEXT NOT NULL DEFAULT '',
    "actor_name" TEXT NOT NULL DEFAULT '',
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_differences_pkey" PRIMARY KEY ("organization_id","bill_id","position")
);

-- CreateTable
CREATE TABLE "gateway_imports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "file_bytes" BIGINT NOT NULL,
    "rows" BIGINT NOT NULL,
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_import_days" (
    "organization_id" TEXT NOT NULL,
    "import_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "requests" BIGINT NOT NULL,
    "prompt_tokens" BIGINT NOT NULL,
    "completion_tokens" BIGINT NOT NULL,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL,

    CONSTRAINT "gateway_import_days_pkey" PRIMARY KEY ("organization_id","import_id","day","provider","model")
);

-- CreateIndex
CREATE UNIQUE INDEX "cost_splits_organization_id_key_id_valid_from_key" ON "cost_splits"("organization_id", "key_id", "valid_from");

-- CreateIndex
CREATE INDEX "data_exports_organization_id_state_idx" ON "data_exports"("organization_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "data_exports_organization_id_schedule_id_period_start_key" ON "data_exports"("organization_id", "schedule_id", "period_start");

-- CreateIndex
CREATE UNIQUE INDEX "provider_bills_organization_id_id_key" ON "provider_bills"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_bills_organization_id_file_sha256_credential_id_key" ON "provider_bills"("organization_id", "file_sha256", "credential_id");

-- CreateIndex
CREATE UNIQUE INDEX "gateway_imports_organization_id_id_key" ON "gateway_imports"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "gateway_imports_organization_id_source_file_sha256_key" ON "gateway_imports"("organization_id", "source", "file_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "credit_note_lines_organization_id_id_key" ON "credit_note_lines"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "credit_note_entries" ADD CONSTRAINT "credit_note_entries_organization_id_credit_note_line_id_fkey" FOREIGN KEY ("organization_id", "credit_note_line_id") REFERENCES "credit_note_lines"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_bill_lines" ADD CONSTRAINT "provider_bill_lines_organization_id_bill_id_fkey" FOREIGN KEY ("organization_id", "bill_id") REFERENCES "provider_bills"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_differences" ADD CONSTRAINT "provider_differences_organization_id_bill_id_fkey" FOREIGN KEY ("organization_id", "bill_id") REFERENCES "provider_bills"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_import_days" ADD CONSTRAINT "gateway_import_days_organization_id_import_id_fkey" FOREIGN KEY ("organization_id", "import_id") REFERENCES "gateway_imports"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the notes say already. The owner must see every tenant's for once.
ALTER TABLE credit_note_lines NO FORCE ROW LEVEL SECURITY;
INSERT INTO credit_note_entries (organization_id, credit_note_line_id, started_at, request_id, attempt, entry)
SELECT l.organization_id, l.id, e."startedAt", e."requestId", e.attempt, e.entry
FROM credit_note_lines l
CROSS JOIN LATERAL jsonb_to_recordset(l.entries) AS e("startedAt" timestamptz, "requestId" text, attempt smallint, entry smallint)
ON CONFLICT DO NOTHING;
ALTER TABLE credit_note_lines FORCE ROW LEVEL SECURITY;
ALTER TABLE "credit_note_lines" DROP COLUMN "entries";

-- ── Walls and grants ──
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['credit_note_entries', 'month_close_steps', 'cost_splits', 'data_exports', 'export_schedules',
    'provider_bills', 'provider_bill_lines', 'provider_differences', 'gateway_imports', 'gateway_import_days'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON credit_note_entries TO tollgate_console, tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON month_close_steps, cost_splits, export_schedules, provider_bills, provider_bill_lines,
  provider_differences, gateway_imports, gateway_import_days TO tollgate_console;
GRANT SELECT, INSERT, UPDATE ON data_exports TO tollgate_console;
GRANT SELECT, INSERT, UPDATE ON data_exports, provider_differences TO tollgate_worker;
GRANT DELETE ON data_exports TO tollgate_worker;
GRANT SELECT ON month_close_steps, cost_splits, export_schedules, provider_bills, provider_bill_lines, gateway_imports,
  gateway_import_days TO tollgate_worker;
-- A person decides, the worker carries out: the console still cannot write into the ledger.
GRANT UPDATE (decision, decided_by_kind, decided_by_id, decided_by_name, decided_at, note, resolved_at, refusal) ON quarantined_entries TO tollgate_console;
GRANT UPDATE (resolved_at, refusal, decision) ON quarantined_entries TO tollgate_worker;

-- ── Invariants ──
ALTER TABLE data_exports ADD CONSTRAINT data_exports_sane CHECK (
  kind IN ('usage', 'invoice') AND format IN ('csv', 'jsonl', 'parquet', 'focus-csv', 'focus-parquet')
  AND state IN ('waiting', 'running', 'done', 'failed', 'expired'));
ALTER TABLE provider_differences ADD CONSTRAINT provider_differences_sane CHECK (
  state IN ('open', 'accepted', 'booking', 'booked') AND difference_pico_usd = bill_pico_usd - ledger_pico_usd);
ALTER TABLE provider_bills ADD CONSTRAINT provider_bills_sane CHECK (difference_pico_usd = bill_pico_usd - ledger_pico_usd);
ALTER TABLE quarantined_entries ADD CONSTRAINT quarantined_entries_decision CHECK (decision IN ('', 'release', 'reject'));

-- What stands behind an issued note never changes.
CREATE FUNCTION refuse_frozen_note_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which record;
BEGIN
  which := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  IF EXISTS (SELECT 1 FROM credit_note_lines l JOIN credit_notes n ON n.organization_id = l.organization_id AND n.id = l.credit_note_id
    WHERE l.organization_id = which.organization_id AND l.id = which.credit_note_line_id AND n.state <> 'draft')
  THEN RAISE EXCEPTION 'Cannot change what stands behind line %: its note is issued', which.credit_note_line_id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN which;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON credit_note_entries FOR EACH ROW EXECUTE FUNCTION refuse_frozen_note_entry_change();
