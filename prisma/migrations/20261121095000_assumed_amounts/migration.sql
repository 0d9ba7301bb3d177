-- What budgets count of an attempt whose cost nobody can tell: what was held for it.
--
-- The cost of the entry stays unknown; only budgets assume an amount, and say how much of what is settled is assumed.
-- An adjustment that brings the cost takes the assumed amount back: see packages/limits/README.md.

ALTER TABLE "usage_entries" ADD COLUMN     "budget_pico_usd" DECIMAL(38,0);
ALTER TABLE "budget_periods" ADD COLUMN     "assumed_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0;

-- Two amounts now, so that the result has another shape: the function must be made anew.
DROP FUNCTION budget_spending(text, timestamptz, timestamptz);
CREATE FUNCTION budget_spending(which text, from_time timestamptz, to_time timestamptz)
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
  RETURN QUERY EXECUTE format(
    'SELECT %s, sum(COALESCE(e.budget_pico_usd, %s))::numeric, sum(COALESCE(e.budget_pico_usd - %2$s, 0))::numeric '
    'FROM %s WHERE e.organization_id = current_organization() AND e.started_at >= $1 AND e.started_at < $2 AND %s GROUP BY 1',
    dimension, known, source, matches)
  USING from_time, COALESCE(to_time, 'infinity');
END $$;
REVOKE ALL ON FUNCTION budget_spending(text, timestamptz, timestamptz) FROM PUBLIC;

CREATE OR REPLACE FUNCTION count_budget(which text, from_time timestamptz, to_time timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE counted timestamptz;
BEGIN
  SELECT counted_from INTO STRICT counted FROM budgets WHERE organization_id = current_organization() AND id = which FOR NO KEY UPDATE;
  IF counted IS NOT NULL THEN RETURN false; END IF;
  INSERT INTO budget_periods (organization_id, budget_id, scope_value, period_start, period_end, settled_pico_usd, unheld_pico_usd, assumed_pico_usd)
    SELECT current_organization(), which, s.value, from_time, to_time, s.amount, s.amount, s.assumed FROM budget_spending(which, from_time, to_time) s
    ORDER BY s.value;
  UPDATE budgets SET counted_from = from_time WHERE organization_id = current_organization() AND id = which;
  RETURN true;
END $$;

-- The lines may bring `assumed`, the part of `amount` that is not known; workers of the version before do not say it.
CREATE OR REPLACE FUNCTION settle_budgets(lines jsonb) RETURNS TABLE (budget_id text, scope_value text, period_start timestamptz, excess_pico_usd text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  organization text := current_organization();
  line record;
  spent record;
  held record;
  moved numeric;
  from_granted numeric;
  from_unreconciled numeric;
  beyond numeric;
  just_counted text[] := '{}';
BEGIN
  FOR line IN
    SELECT DISTINCT ON (l."budgetId") l.* FROM jsonb_to_recordset(lines) AS l("budgetId" text, "currentStart" timestamptz, "currentEnd" timestamptz)
      JOIN budgets b ON b.organization_id = organization AND b.id = l."budgetId" AND b.counted_from IS NULL ORDER BY l."budgetId", l."currentStart"
  LOOP
    IF count_budget(line."budgetId", line."currentStart", line."currentEnd") THEN just_counted := just_counted || line."budgetId"; END IF;
  END LOOP;
  FOR line IN
    SELECT l.* FROM jsonb_to_recordset(lines) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz, "periodEnd" timestamptz, "previousStart" timestamptz)
      JOIN budgets b ON b.organization_id = organization AND b.id = l."budgetId" AND l."periodStart" >= b.counted_from
      ORDER BY l."budgetId", l."scopeValue", l."periodStart"
  LOOP PERFORM ensure_budget_period(line."budgetId", line."scopeValue", line."periodStart", line."periodEnd", line."previousStart"); END LOOP;
  PERFORM 1 FROM budget_periods p WHERE p.organization_id = organization AND (p.budget_id, p.scope_value, p.period_start) IN (
    SELECT l."budgetId", l."scopeValue", l."periodStart" FROM jsonb_to_recordset(lines) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz))
    ORDER BY p.budget_id, p.scope_value, p.period_start FOR UPDATE;

  FOR line IN
    SELECT l.*, l."budgetId" = ANY (just_counted) AND l."periodStart" = b.counted_from AS included
      FROM jsonb_to_recordset(lines) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz, amount numeric, unheld numeric, assumed numeric, grants jsonb)
      JOIN budgets b ON b.organization_id = organization AND b.id = l."budgetId" AND l."periodStart" >= b.counted_from
  LOOP
    from_granted := 0;
    from_unreconciled := 0;
    beyond := 0;
    FOR spent IN SELECT s.* FROM jsonb_to_recordset(line.grants) AS s(id text, amount numeric) ORDER BY s.id
    LOOP
      SELECT g.* INTO held FROM grants g WHERE g.organization_id = organization AND g.id = spent.id AND g.budget_id = line."budgetId"
        AND g.scope_value = line."scopeValue" AND g.period_start = line."periodStart" AND g.state IN ('open', 'returned', 'fenced');
      IF NOT FOUND THEN
        beyond := beyond + spent.amount;
        CONTINUE;
      END IF;
      moved := LEAST(GREATEST(spent.amount, 0), held.amount_pico_usd - held.settled_pico_usd);
      beyond := beyond + spent.amount - moved;
      IF held.state = 'fenced' THEN from_unreconciled := from_unreconciled + moved; ELSE from_granted := from_granted + moved; END IF;
      UPDATE grants g SET settled_pico_usd = g.settled_pico_usd + moved, updated_at = clock_timestamp(),
          state = CASE WHEN g.state = 'returned' AND g.settled_pico_usd + moved = g.amount_pico_usd THEN 'closed' ELSE g.state END
        WHERE g.id = held.id;
    END LOOP;
    UPDATE budget_periods p SET updated_at = clock_timestamp(),
        settled_pico_usd = p.settled_pico_usd + CASE WHEN line.included THEN 0 ELSE line.amount END,
        granted_pico_usd = p.granted_pico_usd - from_granted,
        unreconciled_pico_usd = p.unreconciled_pico_usd - from_unreconciled,
        overrun_pico_usd = p.overrun_pico_usd + beyond,
        unheld_pico_usd = p.unheld_pico_usd + CASE WHEN line.included THEN 0 ELSE line.unheld END,
        assumed_pico_usd = p.assumed_pico_usd + CASE WHEN line.included THEN 0 ELSE COALESCE(line.assumed, 0) END
      WHERE p.organization_id = organization AND p.budget_id = line."budgetId" AND p.scope_value = line."scopeValue" AND p.period_start = line."periodStart";
  END LOOP;
  RETURN QUERY
    SELECT p.budget_id, p.scope_value, p.period_start,
      (p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd - budget_period_limit(b, p))::text
    FROM jsonb_to_recordset(lines) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz)
    JOIN budgets b ON b.organization_id = organization AND b.id = l."budgetId" AND b.kind = 'hard' AND b.archived_at IS NULL
    JOIN budget_periods p ON p.organization_id = organization AND p.budget_id = b.id AND p.scope_value = l."scopeValue" AND p.period_start = l."periodStart"
    WHERE p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd > budget_period_limit(b, p);
END $$;

CREATE OR REPLACE FUNCTION audit_budgets() RETURNS TABLE (budget_id text, scope_value text, period_start timestamptz, kind text, expected text, found text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  organization text := current_organization();
  period record;
BEGIN
  FOR period IN
    SELECT DISTINCT b.id, p.period_start, p.period_end FROM budgets b JOIN budget_periods p ON p.organization_id = organization AND p.budget_id = b.id
    WHERE b.organization_id = organization AND b.archived_at IS NULL ORDER BY 1, 2
  LOOP
    RETURN QUERY
      SELECT period.id, COALESCE(p.scope_value, s.value), period.period_start, x.kind, x.expected::text, x.found::text
      FROM budget_spending(period.id, period.period_start, period.period_end) s
      FULL JOIN (SELECT * FROM budget_periods WHERE organization_id = organization AND budget_id = period.id AND period_start = period.period_start) p ON p.scope_value = s.value
      CROSS JOIN LATERAL (VALUES
        ('settled-differs-from-ledger', COALESCE(s.amount, 0), COALESCE(p.settled_pico_usd, 0)),
        ('assumed-differs-from-ledger', COALESCE(s.assumed, 0), COALESCE(p.assumed_pico_usd, 0))
      ) AS x(kind, expected, found)
      WHERE x.expected <> x.found;
  END LOOP;
  RETURN QUERY
    SELECT p.budget_id, p.scope_value, p.period_start, x.kind, x.expected::text, x.found::text
    FROM budget_periods p
    JOIN budgets b ON b.organization_id = organization AND b.id = p.budget_id
    CROSS JOIN LATERAL (
      SELECT COALESCE(sum(g.amount_pico_usd - g.settled_pico_usd) FILTER (WHERE g.state IN ('open', 'returned')), 0) AS granted,
        COALESCE(sum(g.amount_pico_usd - g.settled_pico_usd) FILTER (WHERE g.state = 'fenced'), 0) AS unreconciled
      FROM grants g WHERE g.organization_id = organization AND g.budget_id = p.budget_id AND g.scope_value = p.scope_value AND g.period_start = p.period_start) g
    CROSS JOIN LATERAL (VALUES
      ('granted-differs-from-grants', g.granted, p.granted_pico_usd, g.granted <> p.granted_pico_usd),
      ('unreconciled-differs-from-grants', g.unreconciled, p.unreconciled_pico_usd, g.unreconciled <> p.unreconciled_pico_usd),
      ('above-limit', budget_period_limit(b, p), p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd,
        b.kind = 'hard' AND b.limit_lowered_at IS NULL
        AND p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd > GREATEST(budget_period_limit(b, p), 0) + p.overrun_pico_usd + GREATEST(p.unheld_pico_usd, 0))
    ) AS x(kind, expected, found, wrong)
    WHERE p.organization_id = organization AND b.archived_at IS NULL AND x.wrong;
END $$;
