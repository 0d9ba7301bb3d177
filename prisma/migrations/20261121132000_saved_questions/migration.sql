-- Saved views of the explorer, saved reports of usage with their monthly mail, and the ways into the log of requests.
-- CreateTable
CREATE TABLE "saved_views" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "question" JSONB NOT NULL DEFAULT '{}',
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_view_defaults" (
    "organization_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "view_id" TEXT NOT NULL,

    CONSTRAINT "saved_view_defaults_pkey" PRIMARY KEY ("organization_id","member_id")
);

-- CreateTable
CREATE TABLE "saved_reports" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "question" JSONB NOT NULL DEFAULT '{}',
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "time_zone" TEXT NOT NULL DEFAULT '',
    "mail_to" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "mail_since" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_reports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_report_mails" (
    "organization_id" TEXT NOT NULL,
    "report_id" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "member_id" TEXT NOT NULL,
    "queued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_report_mails_pkey" PRIMARY KEY ("organization_id","report_id","period_start","member_id")
);

-- CreateIndex
CREATE INDEX "saved_views_organization_id_owner_id_idx" ON "saved_views"("organization_id", "owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_views_organization_id_id_key" ON "saved_views"("organization_id", "id");

-- CreateIndex
CREATE INDEX "saved_reports_organization_id_owner_id_idx" ON "saved_reports"("organization_id", "owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_reports_organization_id_id_key" ON "saved_reports"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "saved_view_defaults" ADD CONSTRAINT "saved_view_defaults_organization_id_view_id_fkey" FOREIGN KEY ("organization_id", "view_id") REFERENCES "saved_views"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_report_mails" ADD CONSTRAINT "saved_report_mails_organization_id_report_id_fkey" FOREIGN KEY ("organization_id", "report_id") REFERENCES "saved_reports"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ── Walls and grants ──
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['saved_views', 'saved_view_defaults', 'saved_reports', 'saved_report_mails'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views, saved_view_defaults, saved_reports TO tollgate_console;
GRANT SELECT ON saved_report_mails TO tollgate_console;
-- What nobody can see any more, because its owner has left, is cleaned away.
GRANT SELECT, DELETE ON saved_views, saved_reports TO tollgate_worker;
GRANT SELECT, INSERT ON saved_report_mails TO tollgate_worker;
-- Whether somebody may still read usage is asked when the mail goes out; of roles of their own that is said here.
GRANT SELECT (id, organization_id, permissions) ON roles TO tollgate_worker;

-- ── Beyond the schema language ──
-- What people look for most in a log of millions is rare in it. Small: only the rows that have it.
CREATE INDEX request_logs_errors ON request_logs (organization_id, started_at, request_id) WHERE status >= 400;
CREATE INDEX request_logs_session ON request_logs (organization_id, session_id, started_at, request_id) WHERE session_id <> '';
CREATE INDEX request_logs_end_user ON request_logs (organization_id, end_user, started_at, request_id) WHERE end_user <> '';
