-- What requests said and got, for organizations that keep it. Not partitioned: each organization's days are its own, and
-- what is deleted is found by index.
-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "payload_retention_days" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "payloads_since" TIMESTAMPTZ(3) NOT NULL DEFAULT '1970-01-01 00:00:00 +00:00';

-- CreateTable
CREATE TABLE "request_payloads" (
    "organization_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "request_bytes" INTEGER NOT NULL,
    "response_bytes" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_payloads_pkey" PRIMARY KEY ("organization_id","request_id")
);

-- CreateIndex
CREATE INDEX "request_payloads_organization_id_started_at_idx" ON "request_payloads"("organization_id", "started_at");

-- ── Walls and grants ──
ALTER TABLE request_payloads ENABLE ROW LEVEL SECURITY;
ALTER TABLE request_payloads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON request_payloads TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator
  USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()));
-- Gateways write and read nothing back; the console reads; only the worker deletes.
GRANT INSERT ON request_payloads TO tollgate_gateway;
GRANT SELECT ON request_payloads TO tollgate_console;
GRANT SELECT (organization_id, request_id, started_at), DELETE ON request_payloads TO tollgate_worker;
GRANT SELECT (payload_retention_days) ON organizations TO tollgate_gateway;

-- ── Beyond the schema language ──
ALTER TABLE organizations
  ADD CONSTRAINT organizations_payload_retention CHECK (payload_retention_days BETWEEN 0 AND 30);
ALTER TABLE request_payloads
  ADD CONSTRAINT request_payloads_size CHECK (octet_length(sealed) <= 2097152);
-- Sealed bytes do not compress: trying would cost, and give nothing.
ALTER TABLE request_payloads ALTER COLUMN sealed SET STORAGE EXTERNAL;
