-- When the secret was set, so that old ones are seen. Of those that were changed since they were made nobody wrote it down.
ALTER TABLE provider_credentials ADD COLUMN secret_set_at TIMESTAMPTZ(3);
-- Row security binds the owner, too, and no tenant is set here.
ALTER TABLE provider_credentials NO FORCE ROW LEVEL SECURITY;
UPDATE provider_credentials SET secret_set_at = created_at WHERE version = 1 AND secret_ciphertext IS NOT NULL;
ALTER TABLE provider_credentials FORCE ROW LEVEL SECURITY;
