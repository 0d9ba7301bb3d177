-- Grants: money leaves a budget only here, under a lock on the budget's period.
--
-- Lock order, everywhere: advisory locks, then uncounted budgets by id, then missing period rows by key, then
-- period rows by key. See packages/limits/README.md for why each step is exact.

-- AlterTable
ALTER TABLE "budgets" ADD COLUMN     "counted_from" TIMESTAMPTZ(3),
ADD COLUMN     "limit_lowered_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "budget_periods" ADD COLUMN     "carried_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "forgiven_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "overrun_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "recalled_at" TIMESTAMPTZ(3),
ADD COLUMN     "unheld_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0;

ALTER TABLE grants ADD CONSTRAINT grants_sane CHECK (
  state IN ('open', 'returned', 'fenced', 'closed', 'lost') AND settled_pico_usd >= 0 AND amount_pico_usd >= settled_pico_usd);
ALTER TABLE budget_periods ADD CONSTRAINT budget_periods_sane CHECK (granted_pico_usd >= 0 AND unreconciled_pico_usd >= 0);
-- One row per gateway epoch and period: it grows and shrinks, so that a pool has one number.
CREATE UNIQUE INDEX grants_one_open ON grants (organization_id, budget_id, scope_value, period_start, gateway_epoch_id) WHERE state = 'open';
CREATE INDEX grants_unsettled ON grants (gateway_epoch_id, organization_id) WHERE state IN ('open', 'returned', 'fenced');

-- Gateways compute periods as the worker does, so they need the zones' history.
CREATE POLICY gateway ON organization_time_zones FOR SELECT TO tollgate_gateway USING (true);
GRANT SELECT ON organization_time_zones TO tollgate_gateway;
-- Which organizations an epoch holds money of, without their rows being seen.
CREATE POLICY lookup ON grants FOR SELECT TO tollgate_migrator USING (true);
CREATE POLICY lookup ON budget_periods FOR SELECT TO tollgate_migrator USING (true);

-- ── What a budget is must not change under its periods ──
CREATE FUNCTION budget_list_lock(organization text) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN hashtextextended('tollgate.budgets.' || organization, 0);
CREATE FUNCTION epoch_lock(epoch text) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN hashtextextended('tollgate.epoch.' || epoch, 0);

-- A transaction that has inserted ledger entries has read the list of budgets before or after this one: the lock
-- leaves no between, in which entries would be neither counted at the start nor added afterwards.
CREATE FUNCTION guard_budget() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(budget_list_lock(NEW.organization_id));
    RETURN NEW;
  END IF;
  IF (NEW.scope_type, NEW.scope_id, NEW.period, NEW.anchor_at) IS DISTINCT FROM (OLD.scope_type, OLD.scope_id, OLD.period, OLD.anchor_at) THEN
    RAISE EXCEPTION 'Cannot change budget %: scope and period are fixed; archive it and make another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.archived_at IS NOT NULL AND NEW.archived_at IS NULL THEN
    RAISE EXCEPTION 'Cannot bring back budget %: it is archived', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.limit_pico_usd < OLD.limit_pico_usd THEN NEW.limit_lowered_at := clock_timestamp(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON budgets FOR EACH ROW EXECUTE FUNCTION guard_budget();

-- ── What the ledger says ──
CREATE FUNCTION budget_spending(which text, from_time timestamptz, to_time timestamptz)
  RETURNS TABLE (value text, amount numeric)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b record;
  dimension text;
  source text := 'usage_entries e';
  matches text;
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
    'SELECT %s, sum(CASE WHEN e.credential_owner = ''operator'' THEN e.charge_pico_usd ELSE COALESCE(e.cost_pico_usd, 0) END)::numeric '
    'FROM %s WHERE e.organization_id = current_organization() AND e.started_at >= $1 AND e.started_at < $2 AND %s GROUP BY 1',
    dimension, source, matches)
  USING from_time, COALESCE(to_time, 'infinity');
END $$;

-- Once per budget: from here on a period row that is not there means that nothing was spent.
CREATE FUNCTION count_budget(which text, from_time timestamptz, to_time timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE counted timestamptz;
BEGIN
  SELECT counted_from INTO STRICT counted FROM budgets WHERE organization_id = current_organization() AND id = which FOR NO KEY UPDATE;
  IF counted IS NOT NULL THEN RETURN false; END IF;
  INSERT INTO budget_periods (organization_id, budget_id, scope_value, period_start, period_end, settled_pico_usd, unheld_pico_usd)
    SELECT current_organization(), which, s.value, from_time, to_time, s.amount, s.amount FROM budget_spending(which, from_time, to_time) s
    ORDER BY s.value;
  UPDATE budgets SET counted_from = from_time WHERE organization_id = current_organization() AND id = which;
  RETURN true;
END $$;

-- A period begins with what its predecessor may no longer spend.
CREATE FUNCTION ensure_budget_period(which text, value text, from_time timestamptz, to_time timestamptz, previous_start timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b record;
  previous record;
  carried numeric := 0;
BEGIN
  IF EXISTS (SELECT 1 FROM budget_periods WHERE organization_id = current_organization() AND budget_id = which AND scope_value = value AND period_start = from_time) THEN RETURN; END IF;
  SELECT * INTO STRICT b FROM budgets WHERE organization_id = current_organization() AND id = which;
  IF b.carry_over AND previous_start >= b.counted_from THEN
    SELECT * INTO previous FROM budget_periods
      WHERE organization_id = current_organization() AND budget_id = which AND scope_value = value AND period_start = previous_start FOR UPDATE;
    carried := GREATEST(0, CASE WHEN FOUND
      THEN b.limit_pico_usd + previous.carried_pico_usd + previous.forgiven_pico_usd - previous.settled_pico_usd - previous.granted_pico_usd - previous.unreconciled_pico_usd
      ELSE b.limit_pico_usd END);
    carried := LEAST(carried, COALESCE(b.carry_over_cap_pico_usd, b.limit_pico_usd));
  END IF;
  INSERT INTO budget_periods (organization_id, budget_id, scope_value, period_start, period_end, carried_pico_usd)
    VALUES (current_organization(), which, value, from_time, to_time, carried) ON CONFLICT DO NOTHING;
END $$;

-- What a period may spend in all; what its successor took over is gone.
CREATE FUNCTION budget_period_limit(b budgets, p budget_periods) RETURNS numeric
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.limit_pico_usd + p.carried_pico_usd + p.forgiven_pico_usd - CASE WHEN b.carry_over THEN COALESCE(
    (SELECT n.carried_pico_usd FROM budget_periods n WHERE n.organization_id = p.organization_id AND n.budget_id = p.budget_id
      AND n.scope_value = p.scope_value AND n.period_start = p.period_end), 0) ELSE 0 END $$;

-- A gateway that does not know of the latest change of zone would compute other periods than the worker.
CREATE FUNCTION time_zone_version() RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) || ':' || COALESCE((SELECT l.time_zone FROM organization_time_zones l WHERE l.organization_id = current_organization() ORDER BY l.valid_from DESC LIMIT 1), '')
  FROM organization_time_zones z WHERE z.organization_id = current_organization() $$;

-- ── Taking ──
-- input: {epochId, ttlMs, zones, groups: [[{budgetId, scopeValue, periodStart, periodEnd, previousStart, minimum, unit, wanted, grantId}]]}
-- Each group is all or none. Answers {state, groups: [{ok, items: [{code, …}]}]}, in the order of the input.
-- `minimum` is what the request lacks, `unit` the whole of it: below 16 of them left, grants are one request each.
CREATE FUNCTION take_grants(input jsonb) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  organization text := current_organization();
  epoch text := input ->> 'epochId';
  epoch_state text;
  expiry timestamptz;
  wish record;
  items jsonb;
  answers jsonb := '[]';
  answer jsonb;
  group_ok boolean;
  given record;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(epoch_lock(epoch));
  SELECT state INTO epoch_state FROM gateway_epochs WHERE id = epoch;
  IF epoch_state IS NULL THEN RETURN jsonb_build_object('state', 'unknown', 'groups', '[]'::jsonb); END IF;
  IF epoch_state IN ('closed', 'lost') THEN RETURN jsonb_build_object('state', epoch_state, 'groups', '[]'::jsonb); END IF;
  IF input ->> 'zones' IS DISTINCT FROM time_zone_version() THEN RETURN jsonb_build_object('state', 'stale', 'groups', '[]'::jsonb); END IF;
  -- It lives after all. What was fenced stays fenced: this is new money.
  IF epoch_state = 'fenced' THEN UPDATE gateway_epochs SET state = 'open', fenced_at = NULL WHERE id = epoch AND state = 'fenced'; END IF;
  expiry := clock_timestamp() + make_interval(secs => (input ->> 'ttlMs')::numeric / 1000);

  FOR wish IN
    SELECT DISTINCT ON (i."budgetId") i.* FROM jsonb_array_elements(input -> 'groups') g
      CROSS JOIN LATERAL jsonb_to_recordset(g) AS i("budgetId" text, "periodStart" timestamptz, "periodEnd" timestamptz)
      JOIN budgets b ON b.organization_id = organization AND b.id = i."budgetId" AND b.counted_from IS NULL ORDER BY i."budgetId", i."periodStart"
  LOOP PERFORM count_budget(wish."budgetId", wish."periodStart", wish."periodEnd"); END LOOP;
  FOR wish IN
    SELECT DISTINCT i.* FROM jsonb_array_elements(input -> 'groups') g
      CROSS JOIN LATERAL jsonb_to_recordset(g) AS i("budgetId" text, "scopeValue" text, "periodStart" timestamptz, "periodEnd" timestamptz, "previousStart" timestamptz)
      JOIN budgets b ON b.organization_id = organization AND b.id = i."budgetId"
      WHERE i."periodStart" >= b.counted_from AND b.kind = 'hard' AND b.archived_at IS NULL AND b.paused_at IS NULL
      ORDER BY i."budgetId", i."scopeValue", i."periodStart"
  LOOP PERFORM ensure_budget_period(wish."budgetId", wish."scopeValue", wish."periodStart", wish."periodEnd", wish."previousStart"); END LOOP;
  PERFORM 1 FROM budget_periods p WHERE p.organization_id = organization AND (p.budget_id, p.scope_value, p.period_start) IN (
    SELECT i."budgetId", i."scopeValue", i."periodStart" FROM jsonb_array_elements(input -> 'groups') g
      CROSS JOIN LATERAL jsonb_to_recordset(g) AS i("budgetId" text, "scopeValue" text, "periodStart" timestamptz))
    ORDER BY p.budget_id, p.scope_value, p.period_start FOR UPDATE;

  FOR items IN SELECT g FROM jsonb_array_elements(input -> 'groups') WITH ORDINALITY AS x(g, position) ORDER BY position
  LOOP
    answer := '[]';
    group_ok := true;
    FOR wish IN
      SELECT i.*, p.settled_pico_usd AS settled, p.granted_pico_usd AS granted, p.unreconciled_pico_usd AS unreconciled, p.period_end,
        b.id IS NULL OR b.archived_at IS NOT NULL OR b.paused_at IS NOT NULL OR b.kind <> 'hard' OR i."periodStart" < b.counted_from AS skipped,
        CASE WHEN p.budget_id IS NOT NULL THEN budget_period_limit(b, p) END AS total
      FROM jsonb_to_recordset(items) AS i("budgetId" text, "scopeValue" text, "periodStart" timestamptz, minimum numeric, unit numeric, wanted numeric, "grantId" text)
      LEFT JOIN budgets b ON b.organization_id = organization AND b.id = i."budgetId"
      LEFT JOIN budget_periods p ON p.organization_id = organization AND p.budget_id = i."budgetId" AND p.scope_value = i."scopeValue" AND p.period_start = i."periodStart"
    LOOP
      IF wish.skipped THEN
        answer := answer || jsonb_build_object('code', 'skipped');
      ELSIF wish.settled + wish.granted + wish.unreconciled + wish.minimum > wish.total AND wish.minimum > 0 THEN
        group_ok := false;
        IF wish.granted > 0 THEN
          UPDATE budget_periods SET recalled_at = clock_timestamp()
            WHERE organization_id = organization AND budget_id = wish."budgetId" AND scope_value = wish."scopeValue" AND period_start = wish."periodStart";
        END IF;
        answer := answer || jsonb_build_object('code', 'refused', 'limit', wish.total::text, 'settled', wish.settled::text,
          'granted', wish.granted::text, 'unreconciled', wish.unreconciled::text);
      ELSE
        answer := answer || jsonb_build_object('code', 'given', 'limit', wish.total::text, 'settled', wish.settled::text,
          'granted', wish.granted::text, 'unreconciled', wish.unreconciled::text);
      END IF;
    END LOOP;
    IF group_ok THEN
      -- The same budget twice in a group would pass the check above once for both.
      IF (SELECT count(*) <> count(DISTINCT (i."budgetId", i."scopeValue", i."periodStart")) FROM jsonb_to_recordset(items) AS i("budgetId" text, "scopeValue" text, "periodStart" text)) THEN
        RAISE EXCEPTION 'Cannot take grants: a group must name each budget once';
      END IF;
      FOR wish IN
        SELECT i.*, a.position, (a.answer ->> 'limit')::numeric - (a.answer ->> 'settled')::numeric - (a.answer ->> 'granted')::numeric - (a.answer ->> 'unreconciled')::numeric AS room, 0::numeric AS amount
        FROM jsonb_array_elements(answer) WITH ORDINALITY AS a(answer, position)
        JOIN jsonb_array_elements(items) WITH ORDINALITY AS x(item, position) ON x.position = a.position
        CROSS JOIN LATERAL jsonb_to_record(x.item) AS i("budgetId" text, "scopeValue" text, "periodStart" timestamptz, minimum numeric, unit numeric, wanted numeric, "grantId" text)
        WHERE a.answer ->> 'code' = 'given'
      LOOP
        IF wish.minimum < 0 THEN RAISE EXCEPTION 'Cannot take grants: the minimum must not be negative, got %', wish.minimum; END IF;
        wish.amount := trunc(wish.minimum + CASE WHEN wish.room < 16 * GREATEST(wish.unit, 1) THEN 0
          ELSE LEAST(GREATEST(wish.wanted - wish.minimum, 0), trunc((wish.room - wish.minimum) / 8)) END);
        INSERT INTO grants (id, organization_id, budget_id, scope_value, period_start, gateway_epoch_id, amount_pico_usd, state, expires_at)
          VALUES (wish."grantId", organization, wish."budgetId", wish."scopeValue", wish."periodStart", epoch, wish.amount, 'open', expiry)
          ON CONFLICT (organization_id, budget_id, scope_value, period_start, gateway_epoch_id) WHERE state = 'open'
          DO UPDATE SET amount_pico_usd = grants.amount_pico_usd + excluded.amount_pico_usd, expires_at = excluded.expires_at, updated_at = clock_timestamp()
          RETURNING id, amount_pico_usd INTO given;
        UPDATE budget_periods SET granted_pico_usd = granted_pico_usd + wish.amount, updated_at = clock_timestamp()
          WHERE organization_id = organization AND budget_id = wish."budgetId" AND scope_value = wish."scopeValue" AND period_start = wish."periodStart";
        answer := jsonb_set(answer, ARRAY[(wish.position - 1)::text], (answer -> (wish.position - 1)::integer)
          || jsonb_build_object('grantId', given.id, 'amount', given.amount_pico_usd::text, 'near', wish.room - wish.amount < 16 * GREATEST(wish.unit, 1)));
      END LOOP;
    END IF;
    answers := answers || jsonb_build_object('ok', group_ok, 'items', answer);
  END LOOP;
  RETURN jsonb_build_object('state', 'open', 'groups', answers);
END $$;

-- ── Giving back ── input: {epochId, grants: [{grantId, keep, close}]}. `keep` is what the
-- gateway has spent or holds of it, since its beginning; said absolutely, so that a repetition changes nothing.
CREATE FUNCTION return_grants(input jsonb) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  organization text := current_organization();
  item record;
  back numeric;
  done integer := 0;
BEGIN
  PERFORM 1 FROM budget_periods p WHERE p.organization_id = organization AND (p.budget_id, p.scope_value, p.period_start) IN (
    SELECT g.budget_id, g.scope_value, g.period_start FROM jsonb_to_recordset(input -> 'grants') AS i("grantId" text)
      JOIN grants g ON g.organization_id = organization AND g.id = i."grantId" AND g.gateway_epoch_id = input ->> 'epochId')
    ORDER BY p.budget_id, p.scope_value, p.period_start FOR UPDATE;
  FOR item IN
    SELECT g.*, i.keep, i."close" AS closing FROM jsonb_to_recordset(input -> 'grants') AS i("grantId" text, keep numeric, "close" boolean)
      JOIN grants g ON g.organization_id = organization AND g.id = i."grantId" AND g.gateway_epoch_id = input ->> 'epochId'
      WHERE g.state IN ('open', 'returned', 'fenced') ORDER BY g.id
  LOOP
    back := GREATEST(item.amount_pico_usd - GREATEST(trunc(item.keep), item.settled_pico_usd), 0);
    UPDATE grants SET amount_pico_usd = amount_pico_usd - back, updated_at = clock_timestamp(), state = CASE
        WHEN NOT item.closing THEN state WHEN amount_pico_usd - back = settled_pico_usd THEN 'closed' WHEN state = 'open' THEN 'returned' ELSE state END
      WHERE id = item.id;
    UPDATE budget_periods SET updated_at = clock_timestamp(),
        granted_pico_usd = granted_pico_usd - CASE WHEN item.state = 'fenced' THEN 0 ELSE back END,
        unreconciled_pico_usd = unreconciled_pico_usd - CASE WHEN item.state = 'fenced' THEN back ELSE 0 END
      WHERE organization_id = organization AND budget_id = item.budget_id AND scope_value = item.scope_value AND period_start = item.period_start;
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;

-- What this epoch still holds of periods in which another gateway was refused: the poll behind the push.
CREATE FUNCTION list_recalled_grants(epoch text) RETURNS TABLE (organization_id text, id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.organization_id, g.id FROM grants g
  JOIN budget_periods p ON p.organization_id = g.organization_id AND p.budget_id = g.budget_id AND p.scope_value = g.scope_value AND p.period_start = g.period_start
  WHERE g.gateway_epoch_id = epoch AND g.state = 'open' AND p.recalled_at > clock_timestamp() - interval '10 seconds'
  ORDER BY p.recalled_at DESC LIMIT 1000 $$;

-- ── Settling ──
-- The budgets that entries are counted to, under the lock that keeps new ones out until this transaction ends.
CREATE FUNCTION list_budgets_to_settle() RETURNS SETOF budgets
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(budget_list_lock(current_organization()));
  RETURN QUERY SELECT * FROM budgets WHERE organization_id = current_organization()
    AND (archived_at IS NULL OR archived_at > clock_timestamp() - interval '60 days');
END $$;

-- lines: [{budgetId, scopeValue, periodStart, periodEnd, previousStart, amount, unheld, grants: [{id, amount}]}], each budget period
-- once. Answers the hard budgets that stand above their limit afterwards.
CREATE FUNCTION settle_budgets(lines jsonb) RETURNS TABLE (budget_id text, scope_value text, period_start timestamptz, excess_pico_usd text)
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
      FROM jsonb_to_recordset(lines) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz, amount numeric, unheld numeric, grants jsonb)
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
        unheld_pico_usd = p.unheld_pico_usd + CASE WHEN line.included THEN 0 ELSE line.unheld END
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

-- ── Epochs that end ──
CREATE FUNCTION list_epoch_organizations(epoch text) RETURNS TABLE (organization_id text, last_expiry timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.organization_id, max(g.expires_at) FILTER (WHERE g.state = 'open') FROM grants g
  WHERE g.gateway_epoch_id = epoch AND g.state IN ('open', 'returned', 'fenced') GROUP BY 1 ORDER BY 1 $$;
CREATE FUNCTION list_ended_epochs() RETURNS TABLE (epoch_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT e.id FROM gateway_epochs e JOIN grants g ON g.gateway_epoch_id = e.id AND g.state IN ('open', 'returned', 'fenced')
  WHERE e.state IN ('closed', 'lost') $$;

-- outcome: 'fenced' keeps what is open charged, as unreconciled; 'closed' and 'lost' free it.
CREATE FUNCTION end_grants(epoch text, outcome text) RETURNS TABLE (budget_id text, scope_value text, period_start timestamptz, amount_pico_usd text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  organization text := current_organization();
  item record;
  rest numeric;
BEGIN
  IF outcome NOT IN ('fenced', 'closed', 'lost') THEN RAISE EXCEPTION 'Cannot end grants: no such outcome as %', outcome; END IF;
  PERFORM 1 FROM budget_periods p WHERE p.organization_id = organization AND (p.budget_id, p.scope_value, p.period_start) IN (
    SELECT g.budget_id, g.scope_value, g.period_start FROM grants g WHERE g.organization_id = organization AND g.gateway_epoch_id = epoch AND g.state IN ('open', 'returned', 'fenced'))
    ORDER BY p.budget_id, p.scope_value, p.period_start FOR UPDATE;
  FOR item IN SELECT g.* FROM grants g WHERE g.organization_id = organization AND g.gateway_epoch_id = epoch AND g.state IN ('open', 'returned', 'fenced') ORDER BY g.id
  LOOP
    CONTINUE WHEN outcome = 'fenced' AND item.state = 'fenced';
    rest := item.amount_pico_usd - item.settled_pico_usd;
    UPDATE grants g SET state = outcome, updated_at = clock_timestamp() WHERE g.id = item.id;
    UPDATE budget_periods p SET updated_at = clock_timestamp(),
        granted_pico_usd = p.granted_pico_usd - CASE WHEN item.state = 'fenced' THEN 0 ELSE rest END,
        unreconciled_pico_usd = p.unreconciled_pico_usd + CASE WHEN outcome = 'fenced' THEN rest WHEN item.state = 'fenced' THEN -rest ELSE 0 END
      WHERE p.organization_id = organization AND p.budget_id = item.budget_id AND p.scope_value = item.scope_value AND p.period_start = item.period_start;
    budget_id := item.budget_id;
    scope_value := item.scope_value;
    period_start := item.period_start;
    amount_pico_usd := rest::text;
    RETURN NEXT;
  END LOOP;
END $$;

-- Forgives what was spent so far; the ledger and `settled` stay as they are.
CREATE FUNCTION reset_budget_period(which text, value text, from_time timestamptz) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE forgiven numeric;
BEGIN
  UPDATE budget_periods SET forgiven_pico_usd = GREATEST(settled_pico_usd, 0), updated_at = clock_timestamp()
    WHERE organization_id = current_organization() AND budget_id = which AND scope_value = value AND period_start = from_time
    RETURNING forgiven_pico_usd INTO forgiven;
  RETURN forgiven::text;
END $$;

-- ── The audit: budgets, grants and ledger, compared; no row is right ──
CREATE FUNCTION audit_budgets() RETURNS TABLE (budget_id text, scope_value text, period_start timestamptz, kind text, expected text, found text)
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
      SELECT period.id, COALESCE(p.scope_value, s.value), period.period_start, 'settled-differs-from-ledger', COALESCE(s.amount, 0)::text, COALESCE(p.settled_pico_usd, 0)::text
      FROM budget_spending(period.id, period.period_start, period.period_end) s
      FULL JOIN (SELECT * FROM budget_periods WHERE organization_id = organization AND budget_id = period.id AND period_start = period.period_start) p ON p.scope_value = s.value
      WHERE COALESCE(p.settled_pico_usd, 0) <> COALESCE(s.amount, 0);
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

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['budget_spending(text, timestamptz, timestamptz)', 'count_budget(text, timestamptz, timestamptz)',
    'ensure_budget_period(text, text, timestamptz, timestamptz, timestamptz)', 'budget_period_limit(budgets, budget_periods)',
    'time_zone_version()', 'take_grants(jsonb)', 'return_grants(jsonb)', 'list_recalled_grants(text)', 'list_budgets_to_settle()',
    'settle_budgets(jsonb)', 'list_epoch_organizations(text)', 'list_ended_epochs()', 'end_grants(text, text)',
    'reset_budget_period(text, text, timestamptz)', 'audit_budgets()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION take_grants(jsonb), return_grants(jsonb), list_recalled_grants(text) TO tollgate_gateway;
GRANT EXECUTE ON FUNCTION list_budgets_to_settle(), settle_budgets(jsonb), list_epoch_organizations(text), list_ended_epochs(), end_grants(text, text),
  audit_budgets() TO tollgate_worker;
GRANT EXECUTE ON FUNCTION count_budget(text, timestamptz, timestamptz), reset_budget_period(text, text, timestamptz), audit_budgets(),
  budget_period_limit(budgets, budget_periods) TO tollgate_console;
