-- A new time zone moves the periods of budgets: what is counted and what is granted follows them in the same transaction.

CREATE FUNCTION time_zone_lock(organization text) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN hashtextextended('tollgate.zones.' || organization, 0);

-- For whoever changes a zone, before asking whether anything is metered: entries are recorded and grants are given either before
-- it, and are seen, or after it, in the new periods. Gateways have a lock of their own, because the list of budgets is held for
-- as long as a worker counts, and no request may wait for that.
CREATE FUNCTION lock_time_zones() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(budget_list_lock(current_organization()));
  PERFORM pg_advisory_xact_lock(time_zone_lock(current_organization()));
END $$;

-- input: {budgets: [{id, countedFrom}], periods: [{budgetId, from, start, end}]}; `from` is where a row begins that is there, the others are
-- what the zones say now. A period that begins as before only gets its end: its successor begins there, and what was carried
-- over is looked for there. Beginnings move only while the ledger is empty, so that there is nothing to count again.
CREATE FUNCTION align_budgets(input jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  organization text := current_organization();
  is_unused boolean := NOT EXISTS (SELECT 1 FROM usage_entries e WHERE e.organization_id = organization);
  item record;
BEGIN
  IF is_unused THEN
    FOR item IN SELECT i.* FROM jsonb_to_recordset(input -> 'budgets') AS i(id text, "countedFrom" timestamptz) ORDER BY i.id
    LOOP
      UPDATE budgets SET counted_from = item."countedFrom"
        WHERE organization_id = organization AND id = item.id AND counted_from <> item."countedFrom";
    END LOOP;
  END IF;
  PERFORM 1 FROM budget_periods p WHERE p.organization_id = organization AND (p.budget_id, p.period_start) IN (
    SELECT i."budgetId", i."from" FROM jsonb_to_recordset(input -> 'periods') AS i("budgetId" text, "from" timestamptz))
    ORDER BY p.budget_id, p.scope_value, p.period_start FOR UPDATE;
  UPDATE budget_periods p SET period_end = i."end", updated_at = clock_timestamp()
    FROM jsonb_to_recordset(input -> 'periods') AS i("budgetId" text, "from" timestamptz, start timestamptz, "end" timestamptz)
    WHERE p.organization_id = organization AND p.budget_id = i."budgetId" AND p.period_start = i."from" AND i.start = i."from"
      AND p.period_end IS DISTINCT FROM i."end";
  IF NOT is_unused THEN RETURN; END IF;

  -- The latest first: into the place of one that has moved itself.
  FOR item IN
    SELECT i.* FROM jsonb_to_recordset(input -> 'periods') AS i("budgetId" text, "from" timestamptz, start timestamptz, "end" timestamptz)
    WHERE i.start <> i."from" ORDER BY i."budgetId", i."from" DESC
  LOOP
    DELETE FROM grants g WHERE g.organization_id = organization AND g.budget_id = item."budgetId" AND g.period_start = item."from"
      AND g.state IN ('closed', 'lost') AND g.settled_pico_usd = 0;
    -- Nothing is carried over: rather too little than what the period before still holds.
    INSERT INTO budget_periods (organization_id, budget_id, scope_value, period_start, period_end)
      SELECT DISTINCT organization, g.budget_id, g.scope_value, item.start, item."end" FROM grants g
      WHERE g.organization_id = organization AND g.budget_id = item."budgetId" AND g.period_start = item."from"
      ON CONFLICT DO NOTHING;
    -- What is held goes along as unreconciled, so that it is settled there, and so that no gateway adds to a grant whose period
    -- it does not know.
    UPDATE budget_periods p SET unreconciled_pico_usd = p.unreconciled_pico_usd + held.amount, updated_at = clock_timestamp()
      FROM (SELECT g.scope_value, sum(g.amount_pico_usd - g.settled_pico_usd) AS amount FROM grants g
        WHERE g.organization_id = organization AND g.budget_id = item."budgetId" AND g.period_start = item."from"
          AND g.state IN ('open', 'returned', 'fenced') GROUP BY 1) held
      WHERE p.organization_id = organization AND p.budget_id = item."budgetId" AND p.scope_value = held.scope_value AND p.period_start = item.start;
    UPDATE grants g SET period_start = item.start, updated_at = clock_timestamp(),
        state = CASE WHEN g.state IN ('open', 'returned') THEN 'fenced' ELSE g.state END
      WHERE g.organization_id = organization AND g.budget_id = item."budgetId" AND g.period_start = item."from";
    UPDATE budget_periods p SET granted_pico_usd = 0, unreconciled_pico_usd = 0, updated_at = clock_timestamp()
      WHERE p.organization_id = organization AND p.budget_id = item."budgetId" AND p.period_start = item."from";
    DELETE FROM budget_periods p WHERE p.organization_id = organization AND p.budget_id = item."budgetId" AND p.period_start = item."from"
      AND p.settled_pico_usd = 0;
    -- Of two periods that became one, each may have held up to the limit.
    UPDATE budget_periods p SET overrun_pico_usd = GREATEST(p.overrun_pico_usd,
        p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd - GREATEST(budget_period_limit(b, p), 0))
      FROM budgets b WHERE b.organization_id = organization AND b.id = p.budget_id AND b.kind = 'hard'
        AND p.organization_id = organization AND p.budget_id = item."budgetId" AND p.period_start = item.start;
  END LOOP;
END $$;

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['time_zone_lock(text)', 'lock_time_zones()', 'align_budgets(jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION time_zone_lock(text), lock_time_zones(), align_budgets(jsonb) TO tollgate_console;

-- As before, but it does not run beside a change of the zones: periods of before would be granted after it.
CREATE OR REPLACE FUNCTION take_grants(input jsonb) RETURNS jsonb
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
  PERFORM pg_advisory_xact_lock_shared(time_zone_lock(organization));
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
