-- Exports that go to an organization's own bucket: where to, what was brought there, and how often.
-- AlterTable
ALTER TABLE "export_schedules" ADD COLUMN     "every" TEXT NOT NULL DEFAULT 'month',
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'usage';

-- CreateTable
CREATE TABLE "export_destinations" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "prefix" TEXT NOT NULL DEFAULT '',
    "path_style" BOOLEAN NOT NULL DEFAULT false,
    "access_key_id" TEXT NOT NULL,
    "secret_ciphertext" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 1,
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_destinations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "export_deliveries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "export_id" TEXT NOT NULL,
    "schedule_id" TEXT NOT NULL,
    "destination_id" TEXT NOT NULL,
    "object_key" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "remake" BOOLEAN NOT NULL DEFAULT false,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT NOT NULL DEFAULT '',
    "last_error" TEXT NOT NULL DEFAULT '',
    "next_try_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "export_destinations_organization_id_id_key" ON "export_destinations"("organization_id", "id");

-- CreateIndex
CREATE INDEX "export_deliveries_organization_id_created_at_id_idx" ON "export_deliveries"("organization_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "export_deliveries_organization_id_export_id_key" ON "export_deliveries"("organization_id", "export_id");

-- ── Walls and grants ──
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['export_destinations', 'export_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON export_destinations TO tollgate_console;
GRANT SELECT ON export_destinations TO tollgate_worker;
-- What was delivered is the worker's to say; the console may ask for it once more, or no longer.
GRANT SELECT, UPDATE (state, tries, remake, last_error, next_try_at) ON export_deliveries TO tollgate_console;
GRANT SELECT, INSERT, UPDATE ON export_deliveries TO tollgate_worker;

-- ── Beyond the schema language ──
ALTER TABLE export_schedules
  ADD CONSTRAINT export_schedules_kind CHECK (kind IN ('usage', 'invoice')),
  ADD CONSTRAINT export_schedules_every CHECK (every IN ('day', 'month') AND (kind <> 'invoice' OR every = 'month'));
ALTER TABLE export_deliveries
  ADD CONSTRAINT export_deliveries_state CHECK (state IN ('waiting', 'delivered', 'dead'));
ALTER TABLE export_destinations
  ADD CONSTRAINT export_destinations_secret CHECK ((secret_ciphertext IS NULL) = (removed_at IS NOT NULL));
-- Two that write the same names would overwrite each other's files.
CREATE UNIQUE INDEX export_schedules_names ON export_schedules (organization_id, destination, kind, format, every, livemode)
  WHERE disabled_at IS NULL AND destination <> 'state';
CREATE UNIQUE INDEX export_destinations_places ON export_destinations (organization_id, endpoint, region, bucket, prefix)
  WHERE removed_at IS NULL;
CREATE INDEX export_deliveries_waiting ON export_deliveries (organization_id, next_try_at) WHERE state = 'waiting';
