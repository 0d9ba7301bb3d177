-- When a mail may be tried (again): also the lease of whoever is sending it now.
ALTER TABLE "mail_messages" ADD COLUMN "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateIndex
CREATE INDEX "mail_messages_state_next_try_at_idx" ON "mail_messages"("state", "next_try_at");

-- Spend of one key, without reading the organization's whole cube.
CREATE INDEX "usage_rollups_organization_id_key_id_bucket_start_idx" ON "usage_rollups"("organization_id", "key_id", "bucket_start");
