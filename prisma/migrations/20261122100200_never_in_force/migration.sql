-- As before, without budgets that were archived from the beginning: they only say that nothing bounds what is resold, no gateway
-- holds for them, and counting to them would be work for nobody.
CREATE OR REPLACE FUNCTION list_budgets_to_settle() RETURNS SETOF budgets
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(budget_list_lock(current_organization()));
  RETURN QUERY SELECT * FROM budgets WHERE organization_id = current_organization()
    AND (archived_at IS NULL OR (archived_at > clock_timestamp() - interval '60 days' AND archived_at > created_at));
END $$;
