-- Who has paid for what the operator's credentials served before they were bounded is served on: an upgrade refuses nobody. The
-- operator finds "no bound" beside each, and may set one. All others are bounded like new ones.

-- As packages/ids makes them: a UUID of version 7 in base 58, 22 digits.
CREATE FUNCTION pg_temp.new_budget_id() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  bytes bytea := uuid_send(gen_random_uuid());
  rest numeric := floor(extract(epoch FROM clock_timestamp()) * 1000);
  digits text := '';
BEGIN
  rest := rest * 65536 + 28672 + (get_byte(bytes, 0) & 15) * 256 + get_byte(bytes, 1);
  FOR place IN 8..15 LOOP rest := rest * 256 + get_byte(bytes, place); END LOOP;
  FOR digit IN 1..22 LOOP
    digits := substr('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', mod(rest, 58)::integer + 1, 1) || digits;
    rest := div(rest, 58);
  END LOOP;
  RETURN 'bud_' || digits;
END $$;

-- One organization after the other, so that the walls stay as they are.
DO $$
DECLARE place record;
BEGIN
  FOR place IN SELECT o.id FROM organizations o WHERE o.id <> 'org_operator' AND o.closed_at IS NULL ORDER BY o.id LOOP
    PERFORM set_config('app.org_id', place.id, true);
    INSERT INTO budgets (id, organization_id, name, scope_type, scope_id, limit_pico_usd, period, kind, thresholds, counts, archived_at)
      SELECT pg_temp.new_budget_id(), place.id, 'Resold models', 'organization', place.id, 0, 'month', 'hard', '{50,80,100}', 'resold', now()
      WHERE EXISTS (SELECT 1 FROM usage_rollups r WHERE r.organization_id = place.id AND r.credential_owner = 'operator'
          AND r.livemode AND r.charge_pico_usd > 0)
        AND NOT EXISTS (SELECT 1 FROM budgets b WHERE b.organization_id = place.id AND b.counts = 'resold');
  END LOOP;
END $$;
