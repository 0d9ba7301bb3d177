-- What becomes of an invoice after it was finalized: taxes, payments, what is told to Stripe, prepaid credits, dunning.
-- AlterTable
ALTER TABLE "billing_profiles" ADD COLUMN     "auto_top_up_amount_pico_usd" DECIMAL(38,0),
ADD COLUMN     "auto_top_up_below_pico_usd" DECIMAL(38,0),
ADD COLUMN     "balance_low_since" TIMESTAMPTZ(3),
ADD COLUMN     "collection_mode" TEXT NOT NULL DEFAULT 'automatic',
ADD COLUMN     "dunning_policy" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "low_balance_pico_usd" DECIMAL(38,0),
ADD COLUMN     "payment_method" JSONB,
ADD COLUMN     "region" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "stripe_compared_at" TIMESTAMPTZ(3),
ADD COLUMN     "tax_exempt" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "stripe_events" ADD COLUMN     "last_error" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "included_seats" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "included_usage_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "monthly_fee_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "seat_fee_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "tax_rates" (
    "id" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "rate_basis_points" INTEGER NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "reverse_charge_text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tax_rates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stripe_pushes" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'pending',
    "stripe_id" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_pushes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "invoice_id" TEXT,
    "credit_note_id" TEXT,
    "top_up_id" TEXT,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "method" TEXT NOT NULL DEFAULT '',
    "reference" TEXT NOT NULL DEFAULT '',
    "failure_code" TEXT NOT NULL DEFAULT '',
    "cause_id" TEXT NOT NULL,
    "parent_cause_id" TEXT NOT NULL DEFAULT '',
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_top_ups" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "cause" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "stripe_id" TEXT,
    "failure_code" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "credit_top_ups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dunning_steps" (
    "organization_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "undone_at" TIMESTAMPTZ(3),
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "dunning_steps_pkey" PRIMARY KEY ("organization_id","invoice_id","step")
);

-- CreateTable
CREATE TABLE "stripe_differences" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "stripe_id" TEXT NOT NULL DEFAULT '',
    "expected" TEXT NOT NULL,
    "found" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_differences_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "tax_rates_country_region_name_valid_from_key" ON "tax_rates"("country", "region", "name", "valid_from");

-- CreateIndex
CREATE UNIQUE INDEX "stripe_pushes_organization_id_kind_target_id_key" ON "stripe_pushes"("organization_id", "kind", "target_id");

-- CreateIndex
CREATE INDEX "payments_organization_id_invoice_id_idx" ON "payments"("organization_id", "invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "payments_organization_id_cause_id_key" ON "payments"("organization_id", "cause_id");

-- CreateIndex
CREATE INDEX "credit_top_ups_organization_id_created_at_idx" ON "credit_top_ups"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "stripe_differences_organization_id_kind_target_id_stripe_id_key" ON "stripe_differences"("organization_id", "kind", "target_id", "stripe_id");

-- ── Tenant walls ──
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['stripe_pushes', 'payments', 'credit_top_ups', 'dunning_steps', 'stripe_differences'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;

-- An event of Stripe names its customer; whose that is, is all that comes back.
CREATE POLICY lookup ON billing_profiles FOR SELECT TO tollgate_migrator USING (true);
CREATE FUNCTION find_organization_by_stripe_customer(customer text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.organization_id FROM billing_profiles p WHERE p.stripe_customer_id = customer $$;
REVOKE ALL ON FUNCTION find_organization_by_stripe_customer(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_organization_by_stripe_customer(text) TO tollgate_worker;

-- ── Grants ──
GRANT SELECT, INSERT, UPDATE ON stripe_pushes, payments, credit_top_ups TO tollgate_console, tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON tax_rates TO tollgate_console;
GRANT SELECT ON dunning_steps, stripe_differences TO tollgate_console;
-- A webhook is stored by the console and applied by the worker.
GRANT INSERT, SELECT (id) ON stripe_events TO tollgate_console;
GRANT SELECT ON tax_rates TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE ON dunning_steps, subscriptions TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON stripe_differences TO tollgate_worker;
-- What dunning may hold back, where a policy says so.
GRANT INSERT, DELETE ON rate_limits TO tollgate_worker;
GRANT UPDATE (suspended_at, updated_at) ON organizations TO tollgate_worker;

-- ── Invariants ──
ALTER TABLE payments ADD CONSTRAINT payments_kind CHECK (
  (kind IN ('payment', 'refund') AND state IN ('pending', 'succeeded', 'failed')) OR
  (kind = 'dispute' AND state IN ('open', 'won', 'lost')));
ALTER TABLE stripe_pushes ADD CONSTRAINT stripe_pushes_state CHECK (state IN ('pending', 'done', 'failed'));
ALTER TABLE credit_top_ups ADD CONSTRAINT credit_top_ups_sane CHECK (
  state IN ('pending', 'succeeded', 'failed') AND cause IN ('manual', 'automatic') AND amount_pico_usd > 0);
ALTER TABLE tax_rates ADD CONSTRAINT tax_rates_sane CHECK (rate_basis_points BETWEEN 0 AND 10000 AND country ~ '^[A-Z]{2}$');
ALTER TABLE billing_profiles ADD CONSTRAINT billing_profiles_collection CHECK (collection_mode IN ('automatic', 'send-invoice', 'manual'));
-- Money is charged by itself once at a time.
CREATE UNIQUE INDEX credit_top_ups_one_automatic ON credit_top_ups (organization_id) WHERE state = 'pending' AND cause = 'automatic';
CREATE INDEX stripe_pushes_pending ON stripe_pushes (organization_id, next_try_at) WHERE state = 'pending';
CREATE INDEX stripe_events_waiting ON stripe_events (next_try_at) WHERE applied_at IS NULL;
CREATE INDEX dunning_steps_held ON dunning_steps (organization_id) WHERE undone_at IS NULL;

-- What a TEST invoice stands for is owed by nobody: it cannot be told to Stripe, whatever a program does.
CREATE FUNCTION refuse_test_push() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM invoices WHERE organization_id = NEW.organization_id AND id = NEW.target_id AND NOT livemode)
    OR EXISTS (SELECT 1 FROM credit_notes n JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
      WHERE n.organization_id = NEW.organization_id AND n.id = NEW.target_id AND NOT i.livemode)
  THEN RAISE EXCEPTION 'Cannot push %: it is of test traffic', NEW.target_id; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER live_only BEFORE INSERT ON stripe_pushes FOR EACH ROW EXECUTE FUNCTION refuse_test_push();

-- ── Plans to begin with; the operator changes and adds ──
INSERT INTO plans (id, name, monthly_fee_pico_usd, seat_fee_pico_usd, included_seats, included_usage_pico_usd, features) VALUES
  ('plan_free', 'Free', 0, 0, 3, 0, '{"rank": 0}'),
  ('plan_team', 'Team', 99000000000000, 15000000000000, 5, 50000000000000, '{"rank": 1}'),
  ('plan_enterprise', 'Enterprise', 1490000000000000, 25000000000000, 25, 1000000000000000, '{"rank": 2}')
ON CONFLICT DO NOTHING;
