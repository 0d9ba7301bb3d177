-- A roll-up changes invoice lines by the ten thousand: that none of them is finalized is asked once per statement, not
-- once per row (and, with ON CONFLICT, twice).
CREATE FUNCTION refuse_frozen_lines_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen_line text;
BEGIN
  SELECT (SELECT min(c.id) FROM changed c WHERE c.organization_id = i.organization_id AND c.invoice_id = i.id) INTO frozen_line
    FROM invoices i WHERE i.state <> 'draft'
      AND EXISTS (SELECT FROM changed c WHERE c.organization_id = i.organization_id AND c.invoice_id = i.id) LIMIT 1;
  IF frozen_line IS NOT NULL THEN RAISE EXCEPTION 'Cannot change line %: its invoice is finalized', frozen_line; END IF;
  RETURN NULL;
END $$;
DROP TRIGGER frozen ON invoice_lines;
DROP FUNCTION refuse_frozen_line_change();
CREATE TRIGGER frozen_inserted AFTER INSERT ON invoice_lines REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_lines_change();
CREATE TRIGGER frozen_deleted AFTER DELETE ON invoice_lines REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_lines_change();
-- A line that is moved changes two invoices.
CREATE TRIGGER frozen_updated_from AFTER UPDATE ON invoice_lines REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_lines_change();
CREATE TRIGGER frozen_updated_to AFTER UPDATE ON invoice_lines REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_lines_change();

-- Rows that are added to again and again find room for their next version on the same page: no index has to be told.
ALTER TABLE usage_rollups SET (fillfactor = 85);
ALTER TABLE end_user_rollups SET (fillfactor = 85);
ALTER TABLE tag_rollups SET (fillfactor = 75);
ALTER TABLE usage_summaries SET (fillfactor = 75);
ALTER TABLE invoice_lines SET (fillfactor = 75);
