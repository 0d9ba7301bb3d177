-- Keys of half a million: found by part of a name, sorted and counted by what makes them a risk, and the rules that new
-- ones are born with.
ALTER TABLE "virtual_keys" ADD COLUMN "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- The day, not the instant: an index on an instant that changes with every request would cost every request.
ALTER TABLE "virtual_keys" ADD COLUMN "last_used_on" DATE GENERATED ALWAYS AS (COALESCE((last_used_at AT TIME ZONE 'UTC')::date, DATE '0001-01-01')) STORED;
ALTER TABLE "virtual_keys" ADD COLUMN "name_key" TEXT COLLATE "C" GENERATED ALWAYS AS (lower(name)) STORED;
ALTER TABLE "team_memberships" ADD COLUMN "is_lead" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "key_policies" (
    "organization_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL DEFAULT '',
    "rotate_every_days" INTEGER,
    "overlap_seconds" INTEGER,
    "remind_days" INTEGER[],
    "max_age_days" INTEGER,
    "default_expiry_days" INTEGER,
    "default_budget" JSONB,
    "default_rate_limits" JSONB NOT NULL DEFAULT '[]',
    "default_models" TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "key_policies_pkey" PRIMARY KEY ("organization_id","team_id")
);

CREATE TABLE "key_reminders" (
    "organization_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL,
    "days_before" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "key_reminders_pkey" PRIMARY KEY ("organization_id","key_id","rotated_at","days_before")
);

CREATE INDEX "virtual_keys_organization_id_name_key_id_idx" ON "virtual_keys"("organization_id", "name_key", "id");

-- ── Beyond the schema language ──
-- Row security binds the owner, too, and no tenant is set here.
ALTER TABLE virtual_keys NO FORCE ROW LEVEL SECURITY;
ALTER TABLE virtual_key_secrets NO FORCE ROW LEVEL SECURITY;
UPDATE virtual_keys k SET rotated_at = COALESCE((SELECT max(s.created_at) FROM virtual_key_secrets s
  WHERE s.organization_id = k.organization_id AND s.key_id = k.id), k.created_at);
ALTER TABLE virtual_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE virtual_key_secrets FORCE ROW LEVEL SECURITY;

CREATE INDEX budgets_scope ON budgets (organization_id, scope_type, scope_id) WHERE archived_at IS NULL;
CREATE INDEX virtual_keys_last_used ON virtual_keys (organization_id, last_used_on DESC, created_at DESC, id DESC);
CREATE INDEX virtual_keys_never_expiring ON virtual_keys (organization_id, created_at DESC, id DESC) WHERE expires_at IS NULL AND revoked_at IS NULL;
CREATE INDEX virtual_keys_rotated ON virtual_keys (organization_id, rotated_at, id) WHERE revoked_at IS NULL;
CREATE INDEX virtual_keys_of_member ON virtual_keys (organization_id, member_id, id) WHERE member_id IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX virtual_keys_of_service_account ON virtual_keys (organization_id, service_account_id, id) WHERE service_account_id IS NOT NULL AND revoked_at IS NULL;

-- Parts of three letters of a name, and tags, each with the organization before it: an index over terms of all tenants
-- would find those of others first.
CREATE FUNCTION key_search_terms(organization text, name text, tags jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(
    SELECT organization || ':' || substr(name, place, 3) FROM generate_series(1, length(name) - 2) AS place
    UNION SELECT organization || '#' || t.key FROM jsonb_each_text(tags) AS t
    UNION SELECT organization || '#' || t.key || '=' || t.value FROM jsonb_each_text(tags) AS t);
CREATE INDEX virtual_keys_terms ON virtual_keys USING gin (key_search_terms(organization_id, name_key, tags)) WITH (gin_pending_list_limit = 2048);

-- Row security keeps the planner from every index on an operator that could leak, so this runs as the owner and says
-- itself whose keys it looks for.
CREATE POLICY lookup ON virtual_keys FOR SELECT TO tollgate_migrator USING (true);
CREATE FUNCTION find_keys_by_terms(part text, tag text, maximum integer) RETURNS TABLE (id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id FROM virtual_keys k
  WHERE key_search_terms(k.organization_id, k.name_key, k.tags) @> (
      key_search_terms(current_organization(), lower(part), '{}')
      || CASE WHEN tag = '' THEN '{}' ELSE ARRAY[current_organization() || '#' || tag] END)
    AND k.organization_id = current_organization() AND strpos(k.name_key, lower(part)) > 0
  LIMIT maximum $$;
REVOKE ALL ON FUNCTION find_keys_by_terms(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_keys_by_terms(text, text, integer) TO tollgate_console;

ALTER TABLE key_policies ADD CONSTRAINT key_policies_sane CHECK (
  rotate_every_days BETWEEN 1 AND 3650 AND overlap_seconds BETWEEN 0 AND 2592000 AND max_age_days BETWEEN 1 AND 3650
  AND default_expiry_days BETWEEN 1 AND 3650);

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['key_policies', 'key_reminders'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON key_policies TO tollgate_console;
GRANT SELECT ON key_reminders TO tollgate_console;
GRANT SELECT ON key_policies, team_memberships TO tollgate_worker;
GRANT SELECT, INSERT, DELETE ON key_reminders TO tollgate_worker;
