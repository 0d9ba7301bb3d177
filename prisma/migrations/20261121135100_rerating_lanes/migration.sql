-- A re-rating goes through its period in several lanes at once, each a stretch of time with a place of its own.
-- One that was running begins again: what it has corrected is right, and is not corrected twice.

-- AlterTable
ALTER TABLE "reratings" DROP COLUMN "cursor_attempt",
DROP COLUMN "cursor_request_id",
DROP COLUMN "cursor_started_at";

-- CreateTable
CREATE TABLE "rerating_lanes" (
    "organization_id" TEXT NOT NULL,
    "rerating_id" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "lane" INTEGER NOT NULL,
    "from_time" TIMESTAMPTZ(3) NOT NULL,
    "to_time" TIMESTAMPTZ(3) NOT NULL,
    "cursor_started_at" TIMESTAMPTZ(3),
    "cursor_request_id" TEXT NOT NULL DEFAULT '',
    "cursor_attempt" SMALLINT NOT NULL DEFAULT 0,
    "done" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "rerating_lanes_pkey" PRIMARY KEY ("organization_id","rerating_id","phase","lane")
);

-- AddForeignKey
ALTER TABLE "rerating_lanes" ADD CONSTRAINT "rerating_lanes_organization_id_rerating_id_fkey" FOREIGN KEY ("organization_id", "rerating_id") REFERENCES "reratings"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Beyond the schema language ──
ALTER TABLE rerating_lanes ADD CONSTRAINT rerating_lanes_sane CHECK (from_time < to_time AND phase IN ('preview', 'applied'));
UPDATE reratings SET attempts_seen = 0 WHERE state IN ('previewing', 'applying');
ALTER TABLE rerating_lanes ENABLE ROW LEVEL SECURITY;
ALTER TABLE rerating_lanes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rerating_lanes TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator
  USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()));
GRANT SELECT, INSERT, UPDATE ON rerating_lanes TO tollgate_worker;
