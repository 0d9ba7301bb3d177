-- Retention looks whether a month may go and drops it in one transaction: until that ends nobody writes into any month
-- of the table (SHARE lets readers pass), and nobody makes months.
CREATE FUNCTION lock_months_for_retention(parent_name text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF parent_name NOT IN ('request_logs', 'usage_entries') THEN
    RAISE EXCEPTION 'Cannot lock months of %: it must be request_logs or usage_entries', parent_name;
  END IF;
  -- Whoever waits for a table's lock makes everybody wait behind it.
  SET LOCAL lock_timeout = '2s';
  -- In the order of those who write: months first, then the table.
  PERFORM pg_advisory_xact_lock(hashtext('tollgate.ensure_month_partitions'));
  EXECUTE format('LOCK TABLE ONLY public.%I IN SHARE MODE', parent_name);
END $$;
REVOKE ALL ON FUNCTION lock_months_for_retention(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_months_for_retention(text) TO tollgate_worker;
