-- What an organization may spend on the operator's credentials: a budget that is the operator's to set.

ALTER TABLE "budgets" ADD COLUMN     "counts" TEXT NOT NULL DEFAULT 'all';

-- ── Beyond the schema language ──
-- The operator's is one form, so that nothing of it can be paused, carried over or narrowed by a way that was forgotten.
ALTER TABLE budgets ADD CONSTRAINT budgets_counts CHECK (counts = 'all' OR (counts = 'resold'
  AND scope_type = 'organization' AND period = 'month' AND kind = 'hard' AND on_exceeded = '"refuse"'::jsonb
  AND NOT carry_over AND paused_at IS NULL));
CREATE UNIQUE INDEX budgets_one_resold ON budgets (organization_id) WHERE counts = 'resold' AND archived_at IS NULL;
-- Also what is archived: it says that the operator wants no bound there.
CREATE INDEX budgets_resold ON budgets (organization_id) WHERE counts = 'resold';

-- As before, and what it counts is fixed as well.
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
  RETURN NEW;
END $$;

-- As before, and of a budget that counts what is resold only entries that were.
CREATE OR REPLACE FUNCTION budget_spending(which text, from_time timestamptz, to_time timestamptz)
  RETURNS TABLE (value text, amount numeric, assumed numeric)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b record;
  dimension text;
  source text := 'usage_entries e';
  matches text;
  known text := 'CASE WHEN e.credential_owner = ''operator'' THEN e.charge_pico_usd ELSE COALESCE(e.cost_pico_usd, 0) END';
BEGIN
  SELECT * INTO STRICT b FROM budgets WHERE organization_id = current_organization() AND id = which;
  IF b.scope_type = 'tag' THEN
    source := source || ' CROSS JOIN LATERAL jsonb_each_text(e.tags) AS tag(name, text)';
    dimension := 'tag.name || ''='' || tag.text';
    matches := CASE WHEN b.scope_id = '*' THEN 'true'
      WHEN right(b.scope_id, 2) = '=*' THEN format('tag.name = %L', left(b.scope_id, -2))
      ELSE format('e.tags @> jsonb_build_object(%L::text, %L::text) AND tag.name = %1$L',
        split_part(b.scope_id, '=', 1), substr(b.scope_id, strpos(b.scope_id, '=') + 1)) END;
  ELSE
    dimension := CASE b.scope_type
      WHEN 'organization' THEN 'e.organization_id' WHEN 'team' THEN 'e.team_id' WHEN 'key' THEN 'e.key_id'
      WHEN 'member' THEN 'e.member_id' WHEN 'serviceAccount' THEN 'e.service_account_id'
      WHEN 'endUser' THEN 'e.end_user' WHEN 'model' THEN 'e.model' END;
    matches := CASE
      WHEN b.scope_type = 'organization' THEN 'true'
      WHEN b.scope_id = '*' THEN format('%s <> ''''', dimension)
      WHEN b.scope_type = 'team' THEN format('(e.team_id = %L OR %1$L = ANY (string_to_array(e.team_path, ''/'')))', b.scope_id)
      ELSE format('%s = %L', dimension, b.scope_id) END;
    IF b.scope_type = 'team' AND b.scope_id <> '*' THEN dimension := quote_literal(b.scope_id); END IF;
  END IF;
  IF b.counts = 'resold' THEN matches := matches || ' AND e.credential_owner = ''operator'''; END IF;
  RETURN QUERY EXECUTE format(
    'SELECT %s, sum(COALESCE(e.budget_pico_usd, %s))::numeric, sum(COALESCE(e.budget_pico_usd - %2$s, 0))::numeric '
    'FROM %s WHERE e.organization_id = current_organization() AND e.started_at >= $1 AND e.started_at < $2 AND %s GROUP BY 1',
    dimension, known, source, matches)
  USING from_time, COALESCE(to_time, 'infinity');
END $$;

-- What a new organization is bounded to, in pico USD a month. NULL: nothing is resold, or the operator wants no bound.
CREATE FUNCTION resold_spend_limit() RETURNS numeric
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM provider_credentials c WHERE c.organization_id = 'org_operator' AND c.disabled_at IS NULL) THEN NULL
    WHEN s.value ? 'limitUsd' THEN trunc((s.value ->> 'limitUsd')::numeric * 1000000000000)
    ELSE 50000000000000 END
  FROM (SELECT (SELECT p.value FROM platform_settings p WHERE p.key = 'resold-spend') AS value) s $$;

-- Organizations that nothing bounds although nobody said so: from before, or made while something went wrong.
CREATE POLICY lookup ON budgets FOR SELECT TO tollgate_migrator USING (counts = 'resold');
CREATE FUNCTION list_unbounded_resale(lim integer) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o
  WHERE (SELECT resold_spend_limit()) IS NOT NULL AND o.id <> 'org_operator' AND o.closed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM budgets b WHERE b.organization_id = o.id AND b.counts = 'resold')
  ORDER BY o.id LIMIT lim $$;

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['resold_spend_limit()', 'list_unbounded_resale(integer)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION resold_spend_limit() TO tollgate_console, tollgate_worker;
GRANT EXECUTE ON FUNCTION list_unbounded_resale(integer) TO tollgate_worker;

-- The worker makes this kind of budget, and no other.
GRANT INSERT ON budgets TO tollgate_worker;
CREATE POLICY resold ON budgets AS RESTRICTIVE FOR INSERT TO tollgate_worker WITH CHECK (counts = 'resold');
GRANT EXECUTE ON FUNCTION count_budget(text, timestamptz, timestamptz) TO tollgate_worker;
