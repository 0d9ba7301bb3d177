-- What an organization may spend on the operator's credentials has two figures: before it has shown that it can pay, and after.

-- Those from before the two figures need not show anything: an upgrade lowers nothing.
ALTER TABLE "organizations" ADD COLUMN     "must_show_payment" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "organizations" ALTER COLUMN "must_show_payment" SET DEFAULT true;
ALTER TABLE "budgets" ADD COLUMN     "awaits_payment" BOOLEAN NOT NULL DEFAULT false;

-- ── Beyond the schema language ──
ALTER TABLE budgets ADD CONSTRAINT budgets_awaits_payment CHECK (NOT awaits_payment OR counts = 'resold');
CREATE INDEX budgets_awaiting_payment ON budgets (organization_id) WHERE awaits_payment AND archived_at IS NULL;

-- As before, and whoever says another amount ends the waiting: consoles of the version before write the amount alone, and what
-- the operator said there must not be raised.
CREATE OR REPLACE FUNCTION guard_budget() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(budget_list_lock(NEW.organization_id));
    RETURN NEW;
  END IF;
  IF (NEW.scope_type, NEW.scope_id, NEW.period, NEW.anchor_at, NEW.counts) IS DISTINCT FROM (OLD.scope_type, OLD.scope_id, OLD.period, OLD.anchor_at, OLD.counts) THEN
    RAISE EXCEPTION 'Cannot change budget %: scope, period and what it counts are fixed; archive it and make another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.archived_at IS NOT NULL AND NEW.archived_at IS NULL THEN
    RAISE EXCEPTION 'Cannot bring back budget %: it is archived', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.limit_pico_usd < OLD.limit_pico_usd THEN NEW.limit_lowered_at := clock_timestamp(); END IF;
  IF NEW.limit_pico_usd <> OLD.limit_pico_usd THEN NEW.awaits_payment := false; END IF;
  RETURN NEW;
END $$;

-- The platform's two figures, in pico USD a month; NULL: no bound. What the operator said when there was only one holds for both.
CREATE FUNCTION resold_spend_figures() RETURNS TABLE (is_resold boolean, first_limit numeric, usual_limit numeric)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM provider_credentials c WHERE c.organization_id = 'org_operator' AND c.disabled_at IS NULL),
    CASE WHEN s.value ? 'firstLimitUsd' THEN trunc((s.value ->> 'firstLimitUsd')::numeric * 1000000000000)
      WHEN s.value ? 'limitUsd' THEN trunc((s.value ->> 'limitUsd')::numeric * 1000000000000)
      ELSE 15000000000000 END,
    CASE WHEN s.value ? 'limitUsd' THEN trunc((s.value ->> 'limitUsd')::numeric * 1000000000000)
      ELSE 50000000000000 END
  FROM (SELECT (SELECT p.value FROM platform_settings p WHERE p.key = 'resold-spend') AS value) s $$;

-- Facts alone: a payment method that Stripe has accepted, prepaid credits that are there, or money that came and that no bank
-- has taken back. What is noted on an invoice of test traffic is no money.
CREATE FUNCTION has_shown_payment(organization text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM billing_profiles p WHERE p.organization_id = organization AND jsonb_typeof(p.payment_method) = 'object')
    OR (SELECT COALESCE(sum(c.amount_pico_usd), 0) FROM credit_ledger_entries c WHERE c.organization_id = organization) > 0
    OR EXISTS (SELECT 1 FROM payments y WHERE y.organization_id = organization AND y.kind = 'payment' AND y.state = 'succeeded'
        AND y.amount_pico_usd > 0
        AND (y.invoice_id IS NULL OR EXISTS (SELECT 1 FROM invoices i
          WHERE i.organization_id = organization AND i.id = y.invoice_id AND i.livemode))
        AND NOT EXISTS (SELECT 1 FROM payments d WHERE d.organization_id = organization AND d.kind = 'dispute'
          AND d.state IN ('open', 'lost') AND d.parent_cause_id = y.cause_id)) $$;

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['credit_ledger_entries', 'payments', 'invoices'] LOOP
    EXECUTE format('CREATE POLICY lookup ON %I FOR SELECT TO tollgate_migrator USING (true)', table_name);
  END LOOP;
END $$;

-- As `list_unbounded_resale`, which workers of the version before call; `by_payment`: there is a way to show it.
CREATE FUNCTION list_resale_to_bound(lim integer, by_payment boolean) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o CROSS JOIN resold_spend_figures() f
  WHERE f.is_resold AND o.id <> 'org_operator' AND o.closed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM budgets b WHERE b.organization_id = o.id AND b.counts = 'resold')
    AND (f.usual_limit IS NOT NULL
      OR (by_payment AND f.first_limit IS NOT NULL AND o.must_show_payment AND NOT has_shown_payment(o.id)))
  ORDER BY o.id LIMIT lim $$;

-- Those that have shown it since they were bounded.
CREATE FUNCTION list_shown_payment(lim integer) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.organization_id FROM budgets b JOIN organizations o ON o.id = b.organization_id
  WHERE b.counts = 'resold' AND b.awaits_payment AND b.archived_at IS NULL AND o.closed_at IS NULL
    AND (SELECT f.is_resold FROM resold_spend_figures() f) AND has_shown_payment(b.organization_id)
  ORDER BY b.organization_id LIMIT lim $$;

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['resold_spend_figures()', 'has_shown_payment(text)', 'list_resale_to_bound(integer, boolean)',
    'list_shown_payment(integer)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION resold_spend_figures(), has_shown_payment(text) TO tollgate_console, tollgate_worker;
GRANT EXECUTE ON FUNCTION list_resale_to_bound(integer, boolean), list_shown_payment(integer) TO tollgate_worker;

-- The worker raises what waits, and touches nothing that anybody has said.
GRANT UPDATE (limit_pico_usd, awaits_payment, archived_at, updated_at, version) ON budgets TO tollgate_worker;
CREATE POLICY raised ON budgets AS RESTRICTIVE FOR UPDATE TO tollgate_worker
  USING (counts = 'resold' AND awaits_payment) WITH CHECK (counts = 'resold');
