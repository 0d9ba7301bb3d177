-- A new time zone takes effect with its period: the worker copies it then from organization_time_zones.
GRANT UPDATE (time_zone) ON organizations TO tollgate_worker;

-- A line is frozen where it is and where it would go: moving it from a finalized document to a draft changed both.
CREATE OR REPLACE FUNCTION refuse_frozen_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM invoices WHERE state <> 'draft' AND (
      (organization_id = OLD.organization_id AND id = OLD.invoice_id) OR
      (organization_id = NEW.organization_id AND id = NEW.invoice_id)))
  THEN RAISE EXCEPTION 'Cannot change line %: its invoice is finalized', COALESCE(OLD.id, NEW.id); END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refuse_frozen_note_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM credit_notes WHERE state <> 'draft' AND (
      (organization_id = OLD.organization_id AND id = OLD.credit_note_id) OR
      (organization_id = NEW.organization_id AND id = NEW.credit_note_id)))
  THEN RAISE EXCEPTION 'Cannot change line %: its note is issued', COALESCE(OLD.id, NEW.id) USING ERRCODE = 'restrict_violation'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
