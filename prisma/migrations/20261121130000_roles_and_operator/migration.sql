-- Roles of one's own, and what the operator sees and does.

ALTER TABLE "roles" ADD COLUMN     "description" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "organizations" ADD COLUMN     "suspended_reason" TEXT NOT NULL DEFAULT '';

-- ── Beyond the schema language ──
-- Two roles that differ in their case only are one to those who read them.
CREATE UNIQUE INDEX roles_name_in_any_case ON roles (organization_id, lower(name));

-- An operator who suspends takes over what dunning holds, so that a payment does not lift it.
GRANT UPDATE (detail) ON dunning_steps TO tollgate_console;

-- The operator's list. In any other organization's transaction it is empty.
CREATE FUNCTION list_organizations(pattern text, suspended boolean, before_id text, most integer) RETURNS TABLE (id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o
  WHERE current_organization() = 'org_operator' AND o.id <> 'org_operator'
    AND (suspended IS NULL OR suspended = (o.suspended_at IS NOT NULL))
    AND (before_id IS NULL OR o.id < before_id)
    AND (pattern = '' OR o.id = pattern OR strpos(lower(o.name), lower(pattern)) > 0 OR strpos(o.slug, lower(pattern)) > 0
      OR EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.organization_id = o.id AND strpos(u.email, lower(pattern)) > 0))
  ORDER BY o.id DESC LIMIT most $$;

-- What waits in each organization, for the operator: nothing of what it is, only how much and since when. Goes from one
-- organization to the next, so that the walls stay as they are. Organizations where nothing waits are left out.
CREATE FUNCTION list_backlogs(at timestamptz) RETURNS TABLE (
    organization_id text, unrolled_since timestamptz, unread_since timestamptz, unsealed_since timestamptz,
    quarantined bigint, undelivered bigint, undelivered_since timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place record;
BEGIN
  IF current_organization() IS DISTINCT FROM 'org_operator' THEN RETURN; END IF;
  FOR place IN SELECT o.id FROM organizations o ORDER BY o.id LOOP
    PERFORM set_config('app.org_id', place.id, true);
    organization_id := place.id;
    SELECT e.recorded_at INTO unrolled_since FROM usage_entries e WHERE e.organization_id = place.id
      AND e.recorded_xid >= COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'usage-rollup'), '0'::xid8)
      ORDER BY e.recorded_xid LIMIT 1;
    SELECT min(x.created_at) INTO unread_since FROM outbox_events x WHERE x.organization_id = place.id
      AND x.recorded_xid >= COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'alerts'), '0'::xid8);
    SELECT a.occurred_at INTO unsealed_since FROM audit_events a WHERE a.organization_id = place.id
      AND a.recorded_xid >= COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'audit-seal'), '0'::xid8)
      AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.organization_id = place.id AND s.event_id = a.id)
      ORDER BY a.recorded_xid LIMIT 1;
    SELECT count(*) INTO quarantined FROM quarantined_entries q WHERE q.organization_id = place.id AND q.resolved_at IS NULL;
    SELECT count(*), min(d.next_try_at) INTO undelivered, undelivered_since FROM (
      SELECT next_try_at FROM alert_deliveries l WHERE l.organization_id = place.id AND l.state = 'waiting' AND l.next_try_at <= at
      UNION ALL SELECT next_try_at FROM webhook_deliveries w WHERE w.organization_id = place.id AND w.state = 'waiting' AND w.next_try_at <= at) d;
    CONTINUE WHEN unrolled_since IS NULL AND unread_since IS NULL AND unsealed_since IS NULL AND quarantined = 0 AND undelivered = 0;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('app.org_id', 'org_operator', true);
END $$;

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['list_organizations(text, boolean, text, integer)', 'list_backlogs(timestamptz)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tollgate_console', signature);
  END LOOP;
END $$;
