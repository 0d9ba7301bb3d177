-- Which budget's substitute took over: {budget: {id, name}, model, route}. Null: none, or by a gateway that did not tell.
-- No default: no partition is rewritten.
-- Whoever waits for the table's lock makes everybody wait behind it: a long report lets gateways write between the tries.
DO $$
BEGIN
  SET LOCAL lock_timeout = '2s';
  FOR try IN 1..30 LOOP
    BEGIN
      -- AlterTable
      ALTER TABLE "request_logs" ADD COLUMN     "substitution" JSONB;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      IF try = 30 THEN RAISE; END IF;
      PERFORM pg_sleep(1);
    END;
  END LOOP;
END $$;
