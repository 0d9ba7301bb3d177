-- Who sends something holds it until then, by Postgres's clock: those of processes differ, and may be moved. `next_try_at` is
-- still moved as well, for a release that knows nothing else.
ALTER TABLE mail_messages ADD COLUMN lease_until TIMESTAMPTZ(3);
ALTER TABLE webhook_deliveries ADD COLUMN lease_until TIMESTAMPTZ(3);
ALTER TABLE alert_deliveries ADD COLUMN lease_until TIMESTAMPTZ(3);
