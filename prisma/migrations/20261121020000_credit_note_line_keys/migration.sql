-- Late usage is added to the note of its invoice as it arrives, so a note's lines are keyed as an invoice's are.
-- AlterTable
ALTER TABLE "credit_note_lines" ADD COLUMN     "component" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "cost_center" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'usage',
ADD COLUMN     "markup_basis_points" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "model" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "provider" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "team_id" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "unit_price_pico_usd" BIGINT NOT NULL DEFAULT 0;

-- DropIndex
DROP INDEX "credit_note_lines_organization_id_credit_note_id_idx";

-- CreateIndex
CREATE UNIQUE INDEX "credit_note_lines_organization_id_credit_note_id_kind_team__key" ON "credit_note_lines"("organization_id", "credit_note_id", "kind", "team_id", "cost_center", "provider", "model", "component", "unit_price_pico_usd", "markup_basis_points", "description");

-- One note at a time collects for an invoice.
CREATE UNIQUE INDEX credit_notes_one_draft ON credit_notes (organization_id, invoice_id) WHERE state = 'draft';
ALTER TABLE credit_notes ADD CONSTRAINT credit_notes_state CHECK (state IN ('draft', 'issued', 'void'));
ALTER TABLE credit_notes ADD CONSTRAINT credit_notes_numbered CHECK (state = 'draft' OR (number IS NOT NULL AND frozen IS NOT NULL));

-- An issued note never changes either.
CREATE FUNCTION refuse_frozen_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND (
    NEW.state = 'draft' OR
    (NEW.organization_id, NEW.invoice_id, NEW.kind, NEW.series, NEW.number, NEW.reason, NEW.subtotal_pico_usd, NEW.rounding_pico_usd,
     NEW.tax_pico_usd, NEW.total_pico_usd, NEW.frozen, NEW.frozen_sha256)
    IS DISTINCT FROM
    (OLD.organization_id, OLD.invoice_id, OLD.kind, OLD.series, OLD.number, OLD.reason, OLD.subtotal_pico_usd, OLD.rounding_pico_usd,
     OLD.tax_pico_usd, OLD.total_pico_usd, OLD.frozen, OLD.frozen_sha256))
  THEN RAISE EXCEPTION 'Cannot change note %: it is issued', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON credit_notes FOR EACH ROW EXECUTE FUNCTION refuse_frozen_note_change();

CREATE FUNCTION refuse_frozen_note_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line record;
BEGIN
  line := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  IF EXISTS (SELECT 1 FROM credit_notes WHERE organization_id = line.organization_id AND id = line.credit_note_id AND state <> 'draft')
  THEN RAISE EXCEPTION 'Cannot change line %: its note is issued', line.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN line;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON credit_note_lines FOR EACH ROW EXECUTE FUNCTION refuse_frozen_note_line_change();

-- Opening a line reads one period's entries of one team and model.
CREATE INDEX usage_entries_line ON usage_entries (organization_id, model, team_id, started_at);
