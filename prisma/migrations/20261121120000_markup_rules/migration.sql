-- Markup rules as the operator states them: entries name a rule, so it never changes, and only one that is yet to come
-- is taken back.
REVOKE UPDATE ON markup_rules FROM tollgate_console;
GRANT DELETE ON markup_rules TO tollgate_console;
CREATE POLICY scheduled ON markup_rules AS RESTRICTIVE FOR DELETE TO tollgate_console USING (valid_from > now());
-- Gateways take the newest rule that has begun: two of the same instant would let chance decide.
CREATE UNIQUE INDEX markup_rules_one_at_a_time ON markup_rules (organization_id, credential_id, COALESCE(applies_to_id, ''), valid_from);
