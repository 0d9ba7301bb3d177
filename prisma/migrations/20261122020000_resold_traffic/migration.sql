-- ── Beyond the schema language ──
-- What went through one of the operator's credentials, for the operator: sums of each organization, nothing of what it was. Goes from
-- one organization to the next, so that the walls stay as they are. Organizations that sent nothing are left out.
CREATE FUNCTION list_resold_traffic(credential text, since timestamptz) RETURNS TABLE (
    organization_id text, requests bigint, charge_pico_usd numeric)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place record;
BEGIN
  IF current_organization() IS DISTINCT FROM 'org_operator' THEN RETURN; END IF;
  FOR place IN SELECT o.id FROM organizations o ORDER BY o.id LOOP
    PERFORM set_config('app.org_id', place.id, true);
    organization_id := place.id;
    SELECT COALESCE(sum(s.requests), 0), COALESCE(sum(s.charge_pico_usd), 0) INTO requests, charge_pico_usd
      FROM usage_summaries s WHERE s.organization_id = place.id AND s.grain = 'quarter' AND s.dimension = 'credential'
        AND s.value = credential AND s.bucket_start >= since;
    CONTINUE WHEN requests = 0 AND charge_pico_usd = 0;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('app.org_id', 'org_operator', true);
END $$;

REVOKE ALL ON FUNCTION list_resold_traffic(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_resold_traffic(text, timestamptz) TO tollgate_console;
