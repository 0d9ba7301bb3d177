-- Names of routes are compared without regard to case, as requests are (only ASCII is allowed in them).
CREATE UNIQUE INDEX routes_organization_id_folded_name_key ON routes (organization_id, lower(name COLLATE "C"));
-- Gateways keep every route of an organization in memory.
ALTER TABLE routes ADD CONSTRAINT routes_bounded CHECK (
  length(name) BETWEEN 1 AND 100 AND jsonb_typeof(configuration) = 'object' AND octet_length(configuration::text) <= 131072);

-- By which route a request was served: {id, name, rule, target}. Null: by none, or by a gateway that knew none.
-- No default: no partition is rewritten.
-- AlterTable
ALTER TABLE "request_logs" ADD COLUMN     "route" JSONB;
