-- Retention drops whole months: a DELETE over millions of rows would cost more than the rows did.
-- What is young is out of reach even for whoever holds the worker's role.
CREATE FUNCTION drop_month_partitions(parent_name text, before_month date) RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  youngest date;
  partition record;
BEGIN
  youngest := CASE parent_name
    WHEN 'request_logs' THEN (date_trunc('month', now()) - interval '1 month')::date
    WHEN 'usage_entries' THEN (date_trunc('month', now()) - interval '13 months')::date
  END;
  IF youngest IS NULL THEN RAISE EXCEPTION 'Cannot drop months of %: it must be request_logs or usage_entries', parent_name; END IF;
  IF before_month > youngest OR before_month <> date_trunc('month', before_month)::date THEN
    RAISE EXCEPTION 'Cannot drop months of %: it must be before the first of a month up to %, got %', parent_name, youngest, before_month;
  END IF;
  -- Whoever waits for the parent's lock makes everybody wait behind it.
  SET LOCAL lock_timeout = '2s';
  PERFORM pg_advisory_xact_lock(hashtext('tollgate.ensure_month_partitions'));
  FOR partition IN
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ('public.' || parent_name)::regclass
      AND c.relname ~ ('^' || parent_name || '_y[0-9]{4}m[0-9]{2}$')
      AND to_date(right(c.relname, 7), 'YYYY"m"MM') < before_month
    ORDER BY 1
  LOOP
    EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent_name, partition.name);
    EXECUTE format('DROP TABLE public.%I', partition.name);
    RETURN NEXT partition.name;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION drop_month_partitions(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_month_partitions(text, date) TO tollgate_worker;
