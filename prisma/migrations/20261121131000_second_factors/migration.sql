-- Passkeys, authenticator apps, recovery codes, and when a session last showed who it is.

ALTER TABLE "sessions"
  ADD COLUMN "authenticated_at" TIMESTAMPTZ(3),
  ADD COLUMN "second_factor_at" TIMESTAMPTZ(3),
  ADD COLUMN "provider" TEXT NOT NULL DEFAULT '';

ALTER TABLE "organizations" ADD COLUMN "second_factor_policy" TEXT NOT NULL DEFAULT 'optional';
ALTER TABLE organizations ADD CONSTRAINT organizations_second_factor_policy
  CHECK (second_factor_policy IN ('optional', 'required', 'required-or-provider'));

CREATE TABLE "passkeys" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT[],
    "aaguid" TEXT NOT NULL DEFAULT '',
    "backed_up" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "totp_factors" (
    "user_id" TEXT NOT NULL,
    "secret_ciphertext" BYTEA NOT NULL,
    "last_step" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "totp_factors_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "recovery_codes" (
    "user_id" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id","code_hash")
);

CREATE TABLE "auth_challenges" (
    "token_hash" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "browser_hash" TEXT NOT NULL DEFAULT '',
    "user_id" TEXT,
    "provider" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "auth_challenges_pkey" PRIMARY KEY ("token_hash")
);

CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys"("credential_id");
CREATE INDEX "passkeys_user_id_idx" ON "passkeys"("user_id");
CREATE INDEX "auth_challenges_expires_at_idx" ON "auth_challenges"("expires_at");

ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "totp_factors" ADD CONSTRAINT "totp_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "auth_challenges" ADD CONSTRAINT "auth_challenges_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE passkeys ADD CONSTRAINT passkeys_counter CHECK (counter >= 0);
ALTER TABLE auth_challenges ADD CONSTRAINT auth_challenges_purpose
  CHECK (purpose IN ('passkey-registration', 'passkey-assertion', 'second-step'));

-- One's own, as passwords and sessions are.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['passkeys', 'totp_factors', 'recovery_codes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY own ON %I TO tollgate_console, tollgate_migrator USING (user_id = (SELECT current_person())) WITH CHECK (user_id = (SELECT current_person()))', table_name);
  END LOOP;
END $$;
CREATE POLICY lookup ON passkeys FOR SELECT TO tollgate_migrator USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys, totp_factors, recovery_codes TO tollgate_console;
-- Belongs to nobody yet, as links by mail do.
GRANT SELECT, INSERT, DELETE ON auth_challenges TO tollgate_console;

-- Before it is known who is asking.
CREATE FUNCTION find_passkey(credential text) RETURNS TABLE (id text, user_id text, public_key bytea, counter bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.user_id, p.public_key, p.counter FROM passkeys p WHERE p.credential_id = credential $$;
REVOKE ALL ON FUNCTION find_passkey(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_passkey(text) TO tollgate_console;

DROP FUNCTION find_session(text);
CREATE FUNCTION find_session(hash text) RETURNS TABLE (id text, user_id text, expires_at timestamptz, revoked_at timestamptz, last_seen_at timestamptz,
    authenticated_at timestamptz, second_factor_at timestamptz, provider text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.user_id, s.expires_at, s.revoked_at, s.last_seen_at, COALESCE(s.authenticated_at, s.created_at), s.second_factor_at, s.provider
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = hash AND u.disabled_at IS NULL $$;
REVOKE ALL ON FUNCTION find_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_session(text) TO tollgate_console;

-- What happened to one person, or to one thing, without reading everybody's events.
CREATE INDEX "audit_events_organization_id_actor_id_occurred_at_idx" ON "audit_events"("organization_id", "actor_id", "occurred_at");
CREATE INDEX "audit_events_organization_id_target_id_occurred_at_idx" ON "audit_events"("organization_id", "target_id", "occurred_at");
