-- What would usage have cost: an organization computes with the markup that is its own, and sees nobody else's.
CREATE POLICY own_markup ON markup_rules FOR SELECT TO tollgate_console
  USING (organization_id = 'org_operator' AND (applies_to_id IS NULL OR applies_to_id = (SELECT current_organization())));
