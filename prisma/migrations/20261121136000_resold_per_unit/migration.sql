-- Whoever tells beforehand what a request would hold needs the amounts per unit of the markup as well.
DROP FUNCTION list_resold_credentials();
CREATE FUNCTION list_resold_credentials() RETURNS TABLE (id text, provider text, name text, region text, livemode boolean, priority integer, models text[],
  markup_basis_points integer, markup_per_unit jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, c.provider, c.name, c.region, c.livemode, c.priority, c.models, COALESCE(m.basis_points, 0), COALESCE(m.per_unit, '{}'::jsonb)
  FROM provider_credentials c
  LEFT JOIN LATERAL (
    SELECT r.basis_points, r.per_unit FROM markup_rules r
    WHERE r.credential_id = c.id AND (r.applies_to_id IS NULL OR r.applies_to_id = current_organization()) AND r.valid_from <= now()
    ORDER BY r.applies_to_id IS NULL, r.valid_from DESC LIMIT 1
  ) m ON true
  WHERE c.organization_id = 'org_operator' AND c.disabled_at IS NULL $$;
REVOKE ALL ON FUNCTION list_resold_credentials() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_resold_credentials() TO tollgate_console;
