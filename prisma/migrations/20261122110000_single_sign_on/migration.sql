-- Single sign-on of an organization: its provider, whose sessions are its own to end, and who may not come back by it.

DROP INDEX "identity_providers_organization_id_name_key";
ALTER TABLE "identity_providers"
  ADD COLUMN "client_id" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "provisioning" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "default_role" TEXT NOT NULL DEFAULT 'viewer',
  ADD COLUMN "signed_in_at" TIMESTAMPTZ(3),
  ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX "identity_providers_organization_id_key" ON "identity_providers"("organization_id");

ALTER TABLE "sessions"
  ADD COLUMN "identity_provider_id" TEXT,
  ADD COLUMN "bypassed_organization_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "auth_challenges" ADD COLUMN "identity_provider_id" TEXT;

CREATE TABLE "member_removals" (
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "member_removals_pkey" PRIMARY KEY ("organization_id","user_id","email")
);

CREATE INDEX "sessions_identity_provider_id_idx" ON "sessions"("identity_provider_id");
CREATE INDEX "auth_challenges_identity_provider_id_idx" ON "auth_challenges"("identity_provider_id");
CREATE INDEX "member_removals_organization_id_email_idx" ON "member_removals"("organization_id", "email");
-- Somebody is one there: whoever may write another's address at the provider does not become that person.
CREATE UNIQUE INDEX "external_identities_identity_provider_id_user_id_key" ON "external_identities"("identity_provider_id", "user_id");

-- A session of a provider that is being taken away waits for that, and fails: a foreign key is looked up whatever row
-- security says.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_identity_provider_id_fkey" FOREIGN KEY ("identity_provider_id") REFERENCES "identity_providers"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "auth_challenges" ADD CONSTRAINT "auth_challenges_identity_provider_id_fkey" FOREIGN KEY ("identity_provider_id") REFERENCES "identity_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "external_identities" ADD CONSTRAINT "external_identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "external_identities" ADD CONSTRAINT "external_identities_identity_provider_id_fkey" FOREIGN KEY ("identity_provider_id") REFERENCES "identity_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE auth_challenges DROP CONSTRAINT auth_challenges_purpose;
ALTER TABLE auth_challenges ADD CONSTRAINT auth_challenges_purpose
  CHECK (purpose IN ('passkey-registration', 'passkey-assertion', 'second-step', 'single-sign-on'));
-- What stands there is compared with addresses, which are plain and lower case.
ALTER TABLE domains ADD CONSTRAINT domains_name CHECK (name ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$');
-- Without a secret nobody could sign in by it, and whoever must would stay out.
ALTER TABLE identity_providers ADD CONSTRAINT identity_providers_usable
  CHECK (disabled_at IS NOT NULL OR (secret_ciphertext IS NOT NULL AND client_id <> ''));

ALTER TABLE member_removals ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_removals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON member_removals TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator
  USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()));
GRANT SELECT, INSERT, UPDATE, DELETE ON member_removals TO tollgate_console;

-- Before it is known who is asking: which organization a provider belongs to. Everything else is read inside it.
CREATE POLICY lookup ON identity_providers FOR SELECT TO tollgate_migrator USING (true);
CREATE FUNCTION find_identity_provider(provider_id text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.organization_id FROM identity_providers p WHERE p.id = provider_id $$;
REVOKE ALL ON FUNCTION find_identity_provider(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_identity_provider(text) TO tollgate_console;

-- Sessions are their people's. Those that a provider has opened are its organization's to end, and nothing else of them.
CREATE POLICY provider ON sessions FOR UPDATE TO tollgate_migrator
  USING (identity_provider_id IN (SELECT p.id FROM identity_providers p WHERE p.organization_id = (SELECT current_organization())));
CREATE FUNCTION end_provider_sessions(provider_id text, ended_at timestamptz) RETURNS bigint
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ended AS (
    UPDATE sessions s SET revoked_at = ended_at
    WHERE s.identity_provider_id = provider_id AND s.revoked_at IS NULL
      AND EXISTS (SELECT 1 FROM identity_providers p WHERE p.id = provider_id AND p.organization_id = current_organization())
    RETURNING s.expires_at, s.last_seen_at)
  SELECT count(*) FROM ended WHERE expires_at > ended_at AND last_seen_at >= ended_at - interval '7 days' $$;
REVOKE ALL ON FUNCTION end_provider_sessions(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_provider_sessions(text, timestamptz) TO tollgate_console;

DROP FUNCTION find_session(text);
CREATE FUNCTION find_session(hash text) RETURNS TABLE (id text, user_id text, expires_at timestamptz, revoked_at timestamptz, last_seen_at timestamptz,
    authenticated_at timestamptz, second_factor_at timestamptz, provider text, identity_provider_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.user_id, s.expires_at, s.revoked_at, s.last_seen_at, COALESCE(s.authenticated_at, s.created_at), s.second_factor_at, s.provider, s.identity_provider_id
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = hash AND u.disabled_at IS NULL $$;
REVOKE ALL ON FUNCTION find_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_session(text) TO tollgate_console;

-- Links are an organization's, and only looked up for their people.
CREATE POLICY person ON external_identities FOR SELECT TO tollgate_migrator USING (user_id = (SELECT current_person()));

-- Where the person who is asking has to show the provider, and as what they are there: by the address that they have now,
-- or because they have come by it. Another address makes nobody a guest, nor does the loss of the domain.
CREATE FUNCTION list_enforced_providers() RETURNS TABLE (organization_id text, identity_provider_id text, role text,
    joined_at timestamptz, by_address boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.organization_id, p.id, m.role, m.created_at, d.id IS NOT NULL FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN identity_providers p ON p.organization_id = m.organization_id AND p.enforced AND p.disabled_at IS NULL
  LEFT JOIN domains d ON d.organization_id = m.organization_id AND d.name = split_part(u.email, '@', 2) AND d.verified_at IS NOT NULL
  WHERE m.user_id = (SELECT current_person()) AND (d.id IS NOT NULL
    OR EXISTS (SELECT 1 FROM external_identities e
      WHERE e.organization_id = m.organization_id AND e.identity_provider_id = p.id AND e.user_id = m.user_id)) $$;
REVOKE ALL ON FUNCTION list_enforced_providers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_enforced_providers() TO tollgate_console;
