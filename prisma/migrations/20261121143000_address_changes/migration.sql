-- Changing one's address: what waits for an answer from the new one, and what the old one may still take back.

CREATE TABLE "email_changes" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "old_email" TEXT NOT NULL,
    "new_email" TEXT NOT NULL,
    "confirm_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "undo_hash" TEXT,
    "undo_until" TIMESTAMPTZ(3),

    CONSTRAINT "email_changes_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "email_changes_confirm_hash_key" ON "email_changes"("confirm_hash");
CREATE UNIQUE INDEX "email_changes_undo_hash_key" ON "email_changes"("undo_hash");
CREATE INDEX "email_changes_user_id_idx" ON "email_changes"("user_id");
CREATE INDEX "email_changes_old_email_idx" ON "email_changes"("old_email");

ALTER TABLE "email_changes" ADD CONSTRAINT "email_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE email_changes ADD CONSTRAINT email_changes_undo CHECK ((undo_hash IS NULL) = (undo_until IS NULL));

-- One's own, as passwords and sessions are.
ALTER TABLE email_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE email_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON email_changes TO tollgate_console, tollgate_migrator
  USING (user_id = (SELECT current_person())) WITH CHECK (user_id = (SELECT current_person()));
CREATE POLICY lookup ON email_changes FOR SELECT TO tollgate_migrator USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON email_changes TO tollgate_console;

-- Before it is known who is asking: whoever opens the link that went to the old address.
CREATE FUNCTION find_email_change(hash text) RETURNS TABLE (id text, user_id text, old_email text, new_email text, undo_until timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, c.user_id, c.old_email, c.new_email, c.undo_until FROM email_changes c WHERE c.undo_hash = hash $$;
REVOKE ALL ON FUNCTION find_email_change(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_email_change(text) TO tollgate_console;

-- An address that its last owner may still take back is nobody else's, however somebody comes by it. After the row, so
-- that whoever has waited for the change of the address sees what that change has written.
CREATE FUNCTION refuse_held_email() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM email_changes c WHERE c.old_email = NEW.email AND c.user_id <> NEW.id AND c.undo_until > NEW.updated_at) THEN
    RAISE EXCEPTION 'duplicate key value violates unique constraint "users_email_key"'
      USING ERRCODE = 'unique_violation', DETAIL = 'Key (email)=(held) already exists.', TABLE = 'users', CONSTRAINT = 'users_email_key';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION refuse_held_email() FROM PUBLIC;
CREATE TRIGGER refuse_held_email AFTER INSERT OR UPDATE OF email ON users
  FOR EACH ROW EXECUTE FUNCTION refuse_held_email();

-- Who of the organization has a second factor: only that, of its own members alone.
CREATE POLICY lookup ON totp_factors FOR SELECT TO tollgate_migrator USING (true);
CREATE FUNCTION list_second_factor_holders(person_ids text[]) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.user_id FROM memberships m
  WHERE m.organization_id = current_organization() AND m.user_id = ANY (person_ids)
    AND (EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = m.user_id)
      OR EXISTS (SELECT 1 FROM totp_factors t WHERE t.user_id = m.user_id AND t.confirmed_at IS NOT NULL)) $$;
REVOKE ALL ON FUNCTION list_second_factor_holders(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_second_factor_holders(text[]) TO tollgate_console;
