-- What cubes that were there already hold of attempts, of what end users and tags spent, and of audio.

-- As the cubes sum it from now on (packages/billing/src/rollup/usage-cubes.ts).
CREATE FUNCTION pg_temp.saved_by(components jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT COALESCE(sum((full_price.unit - (c->>'unitPricePicoUsd')::numeric) * (c->>'quantity')::numeric), 0)
  FROM jsonb_array_elements(components) AS c,
    LATERAL (SELECT max((i->>'unitPricePicoUsd')::numeric) AS unit FROM jsonb_array_elements(components) AS i
             WHERE i->>'component' = 'input' AND ((i->>'quantity')::numeric < 0) = ((c->>'quantity')::numeric < 0)) AS full_price
  WHERE c->>'component' IN ('cachedInput', 'cached_input') AND full_price.unit IS NOT NULL
$$;

-- What is otherwise, from the part of the ledger that is rolled up: one organization after the other, so that the walls stay
-- as they are and nothing is locked against readers. Where the ledger was dropped, an amount is the larger of cost and charge,
-- and each request had one attempt. Tokens of audio were in no cube before and are among input and output from now on.
DO $$
DECLARE
  place record;
  passed xid8;
  kept_from timestamptz;
BEGIN
  PERFORM set_config('work_mem', '256MB', true), set_config('jit', 'off', true);
  FOR place IN SELECT o.id FROM organizations o ORDER BY o.id LOOP
    PERFORM set_config('app.org_id', place.id, true);
    SELECT next_xid INTO passed FROM ledger_cursors WHERE organization_id = place.id AND name = 'usage-rollup' FOR UPDATE;
    CONTINUE WHEN passed IS NULL;
    SELECT COALESCE(date_bin('15 minutes', min(started_at), TIMESTAMPTZ '2000-01-01 00:00:00Z'), 'infinity') INTO kept_from
      FROM usage_entries WHERE organization_id = place.id;

    UPDATE usage_rollups r SET attempts = r.attempts + again.attempts, input_tokens = r.input_tokens + again.heard,
        output_tokens = r.output_tokens + again.spoken
      FROM (SELECT date_bin('15 minutes', e.started_at, TIMESTAMPTZ '2000-01-01 00:00:00Z') AS bucket_start, e.team_id, e.cost_center,
          e.key_id, e.member_id, e.service_account_id, e.model, e.provider, e.credential_id, e.credential_owner, e.endpoint, e.status,
          e.livemode, count(*) FILTER (WHERE e.entry = 0 AND e.attempt <> 1) AS attempts, sum(e.audio_input_tokens) AS heard,
          sum(e.audio_output_tokens) AS spoken
        FROM usage_entries e
        WHERE e.organization_id = place.id AND e.recorded_xid < passed
          AND ((e.entry = 0 AND e.attempt <> 1) OR e.audio_input_tokens <> 0 OR e.audio_output_tokens <> 0)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13) AS again
      WHERE r.organization_id = place.id AND r.bucket_start = again.bucket_start AND r.team_id = again.team_id
        AND r.cost_center = again.cost_center AND r.key_id = again.key_id AND r.member_id = again.member_id
        AND r.service_account_id = again.service_account_id AND r.model = again.model AND r.provider = again.provider
        AND r.credential_id = again.credential_id AND r.credential_owner = again.credential_owner AND r.endpoint = again.endpoint
        AND r.status = again.status AND r.livemode = again.livemode;

    UPDATE end_user_rollups SET spent_pico_usd = charge_pico_usd
      WHERE organization_id = place.id AND bucket_start < kept_from AND charge_pico_usd > cost_pico_usd;
    UPDATE end_user_rollups r SET attempts = r.attempts + more.attempts, spent_pico_usd = r.spent_pico_usd + more.spent,
        saved_pico_usd = more.saved, input_tokens = r.input_tokens + more.heard, output_tokens = r.output_tokens + more.spoken
      FROM (SELECT date_bin('15 minutes', e.started_at, TIMESTAMPTZ '2000-01-01 00:00:00Z') AS bucket_start, e.end_user, e.model,
          e.livemode, count(*) FILTER (WHERE e.entry = 0 AND e.attempt <> 1) AS attempts,
          COALESCE(sum(e.charge_pico_usd - COALESCE(e.cost_pico_usd, 0)) FILTER (WHERE e.credential_owner = 'operator'), 0) AS spent,
          sum(CASE WHEN e.components @> '[{"component": "cachedInput"}]' OR e.components @> '[{"component": "cached_input"}]'
            THEN pg_temp.saved_by(e.components) ELSE 0 END) AS saved,
          sum(e.audio_input_tokens) AS heard, sum(e.audio_output_tokens) AS spoken
        FROM usage_entries e
        WHERE e.organization_id = place.id AND e.recorded_xid < passed AND e.end_user <> ''
        GROUP BY 1, 2, 3, 4) AS more
      WHERE r.organization_id = place.id AND r.bucket_start = more.bucket_start AND r.end_user = more.end_user
        AND r.model = more.model AND r.livemode = more.livemode
        AND (more.attempts <> 0 OR more.spent <> 0 OR more.saved <> 0 OR more.heard <> 0 OR more.spoken <> 0);

    UPDATE tag_rollups SET spent_pico_usd = charge_pico_usd
      WHERE organization_id = place.id AND bucket_start < kept_from AND charge_pico_usd > cost_pico_usd;
    UPDATE tag_rollups r SET attempts = r.attempts + more.attempts, spent_pico_usd = r.spent_pico_usd + more.spent,
        saved_pico_usd = more.saved, input_tokens = r.input_tokens + more.heard, output_tokens = r.output_tokens + more.spoken
      FROM (SELECT date_bin('15 minutes', e.started_at, TIMESTAMPTZ '2000-01-01 00:00:00Z') AS bucket_start, t.key AS tag_name,
          t.value AS tag_value, e.model, e.livemode, count(*) FILTER (WHERE e.entry = 0 AND e.attempt <> 1) AS attempts,
          COALESCE(sum(e.charge_pico_usd - COALESCE(e.cost_pico_usd, 0)) FILTER (WHERE e.credential_owner = 'operator'), 0) AS spent,
          sum(CASE WHEN e.components @> '[{"component": "cachedInput"}]' OR e.components @> '[{"component": "cached_input"}]'
            THEN pg_temp.saved_by(e.components) ELSE 0 END) AS saved,
          sum(e.audio_input_tokens) AS heard, sum(e.audio_output_tokens) AS spoken
        FROM usage_entries e CROSS JOIN LATERAL jsonb_each_text(e.tags) AS t
        WHERE e.organization_id = place.id AND e.recorded_xid < passed AND e.tags <> '{}'::jsonb
        GROUP BY 1, 2, 3, 4, 5) AS more
      WHERE r.organization_id = place.id AND r.bucket_start = more.bucket_start AND r.tag_name = more.tag_name
        AND r.tag_value = more.tag_value AND r.model = more.model AND r.livemode = more.livemode
        AND (more.attempts <> 0 OR more.spent <> 0 OR more.saved <> 0 OR more.heard <> 0 OR more.spoken <> 0);

    -- Summaries are made again from the cubes, day by day, and read from them until then.
    UPDATE usage_summary_spans SET complete_from = '9999-01-01T00:00:00Z' WHERE organization_id = place.id;
  END LOOP;
  PERFORM set_config('app.org_id', '', true);
END $$;
DROP FUNCTION pg_temp.saved_by(jsonb);

-- Attempts: whoever is fallen back to is used as well.
DROP FUNCTION list_resold_traffic(text, timestamptz);
CREATE FUNCTION list_resold_traffic(credential text, since timestamptz) RETURNS TABLE (
    organization_id text, requests bigint, attempts bigint, charge_pico_usd numeric)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place record;
BEGIN
  IF current_organization() IS DISTINCT FROM 'org_operator' THEN RETURN; END IF;
  FOR place IN SELECT o.id FROM organizations o ORDER BY o.id LOOP
    PERFORM set_config('app.org_id', place.id, true);
    organization_id := place.id;
    SELECT COALESCE(sum(s.requests), 0), COALESCE(sum(s.attempts), 0), COALESCE(sum(s.charge_pico_usd), 0)
      INTO requests, attempts, charge_pico_usd
      FROM usage_summaries s WHERE s.organization_id = place.id AND s.grain = 'quarter' AND s.dimension = 'credential'
        AND s.value = credential AND s.bucket_start >= since;
    CONTINUE WHEN requests = 0 AND attempts = 0 AND charge_pico_usd = 0;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('app.org_id', 'org_operator', true);
END $$;

REVOKE ALL ON FUNCTION list_resold_traffic(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_resold_traffic(text, timestamptz) TO tollgate_console;
