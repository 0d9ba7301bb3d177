-- ── Beyond the schema language ──
-- As before, but each cursor is a subquery that answers for whoever has not begun: behind row security a COALESCE around it kept
-- the planner from the indexes, and the operator's page read every ledger.
CREATE OR REPLACE FUNCTION list_backlogs(at timestamptz) RETURNS TABLE (
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
      AND e.recorded_xid >= (SELECT COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'usage-rollup'), '0'::xid8))
      ORDER BY e.recorded_xid LIMIT 1;
    SELECT min(x.created_at) INTO unread_since FROM outbox_events x WHERE x.organization_id = place.id
      AND x.recorded_xid >= (SELECT COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'alerts'), '0'::xid8));
    SELECT a.occurred_at INTO unsealed_since FROM audit_events a WHERE a.organization_id = place.id
      AND a.recorded_xid >= (SELECT COALESCE((SELECT c.next_xid FROM ledger_cursors c WHERE c.organization_id = place.id AND c.name = 'audit-seal'), '0'::xid8))
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
