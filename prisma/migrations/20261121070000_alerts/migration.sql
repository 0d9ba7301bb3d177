-- Alerts, the channels that tell of them, and webhooks that can be followed.

-- AlterTable
ALTER TABLE "budget_periods" ADD COLUMN     "changed_xid" xid8 NOT NULL DEFAULT pg_current_xact_id();

-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "event_type" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "last_tried_at" TIMESTAMPTZ(3),
ADD COLUMN     "response_excerpt" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "took_ms" INTEGER;

-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "disabled_reason" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "previous_secret_ciphertext" BYTEA,
ADD COLUMN     "previous_secret_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "notification_channels" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "preset" TEXT,
    "recipients" JSONB NOT NULL DEFAULT '{}',
    "secret_ciphertext" BYTEA,
    "secret_hint" TEXT NOT NULL DEFAULT '',
    "locale" TEXT NOT NULL DEFAULT 'en',
    "time_zone" TEXT NOT NULL DEFAULT '',
    "quiet_from_minute" INTEGER,
    "quiet_to_minute" INTEGER,
    "break_through" BOOLEAN NOT NULL DEFAULT true,
    "digest" TEXT NOT NULL DEFAULT 'none',
    "digest_minute" INTEGER NOT NULL DEFAULT 480,
    "digest_weekday" INTEGER NOT NULL DEFAULT 1,
    "disabled_at" TIMESTAMPTZ(3),
    "last_delivered_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_channels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_rules" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "preset" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "team_id" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "channel_ids" TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alerts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "cause_key" TEXT NOT NULL,
    "period_key" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "figures" JSONB NOT NULL DEFAULT '{}',
    "target_kind" TEXT NOT NULL DEFAULT '',
    "target_id" TEXT NOT NULL DEFAULT '',
    "target_name" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL DEFAULT '',
    "occurrence" INTEGER NOT NULL DEFAULT 1,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT NOT NULL DEFAULT '',
    "recovered_at" TIMESTAMPTZ(3),
    "recovery_reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_deliveries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "alert_id" TEXT NOT NULL,
    "channel_id" TEXT NOT NULL,
    "occurrence" INTEGER NOT NULL,
    "event" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "held_for" TEXT NOT NULL DEFAULT '',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    "response_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notification_channels_organization_id_id_key" ON "notification_channels"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_channels_organization_id_preset_key" ON "notification_channels"("organization_id", "preset");

-- CreateIndex
CREATE UNIQUE INDEX "alert_rules_organization_id_id_key" ON "alert_rules"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "alert_rules_organization_id_preset_key" ON "alert_rules"("organization_id", "preset");

-- CreateIndex
CREATE INDEX "alerts_organization_id_fired_at_id_idx" ON "alerts"("organization_id", "fired_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "alerts_organization_id_id_key" ON "alerts"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "alerts_organization_id_rule_id_cause_key_period_key_key" ON "alerts"("organization_id", "rule_id", "cause_key", "period_key");

-- CreateIndex
CREATE INDEX "alert_deliveries_organization_id_channel_id_created_at_idx" ON "alert_deliveries"("organization_id", "channel_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_deliveries_organization_id_id_key" ON "alert_deliveries"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "alert_deliveries_organization_id_alert_id_channel_id_occurr_key" ON "alert_deliveries"("organization_id", "alert_id", "channel_id", "occurrence", "event");

-- CreateIndex
CREATE INDEX "budget_periods_organization_id_changed_xid_idx" ON "budget_periods"("organization_id", "changed_xid");

-- CreateIndex
CREATE INDEX "webhook_deliveries_organization_id_endpoint_id_created_at_idx" ON "webhook_deliveries"("organization_id", "endpoint_id", "created_at");

ALTER TABLE alerts ADD CONSTRAINT alerts_sane CHECK (
  state IN ('firing', 'acknowledged', 'recovered') AND severity IN ('info', 'warning', 'critical') AND occurrence >= 1);
ALTER TABLE alert_deliveries ADD CONSTRAINT alert_deliveries_sane CHECK (
  state IN ('waiting', 'delivered', 'dead', 'skipped') AND event IN ('fired', 'recovered'));
ALTER TABLE notification_channels ADD CONSTRAINT notification_channels_sane CHECK (
  kind IN ('email', 'slack') AND digest IN ('none', 'daily', 'weekly')
  AND (quiet_from_minute IS NULL) = (quiet_to_minute IS NULL)
  AND COALESCE(quiet_from_minute, 0) BETWEEN 0 AND 1439 AND COALESCE(quiet_to_minute, 0) BETWEEN 0 AND 1439
  AND digest_minute BETWEEN 0 AND 1439 AND digest_weekday BETWEEN 1 AND 7);
-- What is open is few, whatever the history.
CREATE INDEX alerts_open ON alerts (organization_id, rule_id) WHERE state <> 'recovered';
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_try_at) WHERE state = 'waiting';
-- Keys that end soon are found without reading all keys.
CREATE INDEX virtual_keys_expiring ON virtual_keys (organization_id, expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;

-- Readers that follow changes see what is spent, not the coming and going of grants.
CREATE FUNCTION note_budget_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.changed_xid := pg_current_xact_id();
  RETURN NEW;
END $$;
CREATE TRIGGER followed BEFORE UPDATE ON budget_periods FOR EACH ROW
  WHEN (OLD.settled_pico_usd IS DISTINCT FROM NEW.settled_pico_usd OR OLD.forgiven_pico_usd IS DISTINCT FROM NEW.forgiven_pico_usd
    OR OLD.overrun_pico_usd IS DISTINCT FROM NEW.overrun_pico_usd)
  EXECUTE FUNCTION note_budget_change();

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['notification_channels', 'alert_rules', 'alerts', 'alert_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_channels, alert_rules TO tollgate_console;
GRANT SELECT ON alerts, alert_deliveries TO tollgate_console;
GRANT UPDATE (state, acknowledged_at, acknowledged_by, updated_at) ON alerts TO tollgate_console;
GRANT UPDATE (state, tries, next_try_at, held_for, last_error) ON alert_deliveries TO tollgate_console;
GRANT DELETE ON alert_deliveries TO tollgate_console;
GRANT INSERT, DELETE ON webhook_deliveries TO tollgate_console;
GRANT UPDATE (response_status, response_excerpt, took_ms, last_error, last_tried_at, delivered_at) ON webhook_deliveries TO tollgate_console;
GRANT SELECT, INSERT ON notification_channels, alert_rules TO tollgate_worker;
GRANT UPDATE (last_delivered_at, last_error) ON notification_channels TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON alerts, alert_deliveries TO tollgate_worker;
GRANT DELETE ON webhook_deliveries TO tollgate_worker;
GRANT UPDATE (failing_since, disabled_at, disabled_reason, previous_secret_ciphertext, updated_at) ON webhook_endpoints TO tollgate_worker;
GRANT EXECUTE ON FUNCTION budget_period_limit(budgets, budget_periods) TO tollgate_worker;

-- Whose messages are due, so that a round looks at no organization that has none.
CREATE POLICY lookup ON alert_deliveries FOR SELECT TO tollgate_migrator USING (true);
CREATE POLICY lookup ON webhook_deliveries FOR SELECT TO tollgate_migrator USING (true);
CREATE FUNCTION list_organizations_to_notify(at timestamptz) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.organization_id FROM alert_deliveries d WHERE d.state = 'waiting' AND d.next_try_at <= at
  UNION SELECT w.organization_id FROM webhook_deliveries w WHERE w.state = 'waiting' AND w.next_try_at <= at $$;
REVOKE ALL ON FUNCTION list_organizations_to_notify(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_organizations_to_notify(timestamptz) TO tollgate_worker;
