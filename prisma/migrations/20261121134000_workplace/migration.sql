-- What people have in the console itself: the playground's keys and prompts, what they are told; organizations that
-- their owner has closed.
-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "closed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "playground_keys" (
    "organization_id" TEXT NOT NULL,
    "membership_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL DEFAULT '',
    "key_id" TEXT NOT NULL,
    "secret_ciphertext" BYTEA,
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "playground_keys_pkey" PRIMARY KEY ("organization_id","membership_id","team_id")
);

-- CreateTable
CREATE TABLE "playground_prompts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL DEFAULT '',
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "content_ciphertext" BYTEA NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "playground_prompts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "membership_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "permission" TEXT NOT NULL DEFAULT '',
    "severity" TEXT NOT NULL DEFAULT 'info',
    "target_kind" TEXT NOT NULL DEFAULT '',
    "target_id" TEXT NOT NULL DEFAULT '',
    "target_name" TEXT NOT NULL DEFAULT '',
    "actor_name" TEXT NOT NULL DEFAULT '',
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_preferences" (
    "organization_id" TEXT NOT NULL,
    "membership_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "in_app" BOOLEAN NOT NULL,
    "mail" BOOLEAN NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_preferences_pkey" PRIMARY KEY ("organization_id","membership_id","kind")
);

-- CreateIndex
CREATE INDEX "playground_prompts_organization_id_updated_at_idx" ON "playground_prompts"("organization_id", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "playground_prompts_organization_id_id_key" ON "playground_prompts"("organization_id", "id");

-- CreateIndex
CREATE INDEX "notifications_organization_id_membership_id_occurred_at_id_idx" ON "notifications"("organization_id", "membership_id", "occurred_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_organization_id_cause_membership_id_key" ON "notifications"("organization_id", "cause", "membership_id");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_organization_id_id_key" ON "notifications"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "playground_keys" ADD CONSTRAINT "playground_keys_organization_id_membership_id_fkey" FOREIGN KEY ("organization_id", "membership_id") REFERENCES "memberships"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_organization_id_membership_id_fkey" FOREIGN KEY ("organization_id", "membership_id") REFERENCES "memberships"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_organization_id_membership_id_fkey" FOREIGN KEY ("organization_id", "membership_id") REFERENCES "memberships"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ── Walls and grants ──
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['playground_keys', 'playground_prompts', 'notifications', 'notification_preferences'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON playground_keys, playground_prompts, notification_preferences TO tollgate_console;
-- Who is told what, the worker decides; people only say what they have read.
GRANT SELECT ON notifications TO tollgate_console;
GRANT UPDATE (read_at) ON notifications TO tollgate_console;
GRANT SELECT, INSERT, DELETE ON notifications TO tollgate_worker;
GRANT SELECT ON notification_preferences TO tollgate_worker;
GRANT SELECT (organization_id, ends_at), UPDATE (secret_ciphertext, ends_at) ON playground_keys TO tollgate_worker;
-- What a member may read, the worker must know before it tells them.
GRANT SELECT (organization_id, id, permissions) ON roles TO tollgate_worker;
GRANT SELECT (organization_id, team_id, membership_id) ON team_memberships TO tollgate_worker;

-- ── Invariants ──
ALTER TABLE notifications ADD CONSTRAINT notifications_sane CHECK (
  kind IN ('alert', 'invitation', 'key-rotation', 'invoice', 'export', 'security') AND severity IN ('info', 'warning', 'critical'));
ALTER TABLE playground_keys ADD CONSTRAINT playground_keys_sane CHECK ((secret_ciphertext IS NULL) OR (ends_at IS NOT NULL));
-- The bell: few are unread, whatever the history.
CREATE INDEX notifications_unread ON notifications (organization_id, membership_id) WHERE read_at IS NULL;
