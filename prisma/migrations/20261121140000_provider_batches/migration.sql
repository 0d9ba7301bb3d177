-- Batches that gateways made at providers: followed until the ledger knows what they cost.

-- CreateTable
CREATE TABLE "provider_batches" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "provider" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "service_tier" TEXT NOT NULL DEFAULT 'default',
    "provider_batch_id" TEXT NOT NULL DEFAULT '',
    "input_file_id" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "models" JSONB NOT NULL DEFAULT '[]',
    "state" TEXT NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "answered_lines" INTEGER NOT NULL DEFAULT 0,
    "unknown_lines" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_look_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_batches_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "provider_batches_organization_id_started_at_request_id_atte_key" ON "provider_batches"("organization_id", "started_at", "request_id", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "provider_batches_organization_id_id_key" ON "provider_batches"("organization_id", "id");

-- ── Beyond the schema language ──
ALTER TABLE provider_batches ADD CONSTRAINT provider_batches_sane CHECK (
  attempt >= 1 AND failures >= 0 AND state IN ('following', 'settled', 'unknown', 'lost') AND (state = 'following') = (ended_at IS NULL));
-- The worker's rounds: few are open, whatever the history.
CREATE INDEX provider_batches_due ON provider_batches (organization_id, next_look_at) WHERE state = 'following';
-- Two attempts cannot have made the same batch, and an answer that never came is found at most once.
CREATE UNIQUE INDEX provider_batches_named ON provider_batches (organization_id, credential_id, provider_batch_id) WHERE provider_batch_id <> '';

ALTER TABLE provider_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON provider_batches TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator
  USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()));
GRANT SELECT ON provider_batches TO tollgate_console;
GRANT SELECT, INSERT, UPDATE ON provider_batches TO tollgate_worker;
