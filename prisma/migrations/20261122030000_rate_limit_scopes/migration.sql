-- Which keys are held by no rate limit is asked of every key: one probe each, as of budgets. Limits of one model hold no key.
CREATE INDEX rate_limits_scope ON rate_limits (organization_id, scope_type, scope_id) WHERE model IS NULL;
