-- Every try of a request, which `requests` (its first alone) does not tell: a credential that is only fallen back to failed
-- without being seen. And what was spent by end users and tags, which their cubes knew at cost alone.
ALTER TABLE "usage_rollups" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "end_user_rollups" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "saved_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN "spent_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0;
ALTER TABLE "tag_rollups" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "saved_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
ADD COLUMN "spent_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0;
ALTER TABLE "usage_summaries" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0;

-- ── Beyond the schema language ──
-- Most rows have what they have already: each request was tried once, and its credential is an own one. A table that is
-- written anew as a whole takes less time than an update of each row, and has no dead ones.
ALTER TABLE usage_rollups ALTER COLUMN attempts TYPE BIGINT USING requests;
ALTER TABLE end_user_rollups ALTER COLUMN attempts TYPE BIGINT USING requests,
  ALTER COLUMN spent_pico_usd TYPE DECIMAL(38,0) USING cost_pico_usd;
ALTER TABLE tag_rollups ALTER COLUMN attempts TYPE BIGINT USING requests,
  ALTER COLUMN spent_pico_usd TYPE DECIMAL(38,0) USING cost_pico_usd;
ALTER TABLE usage_summaries ALTER COLUMN attempts TYPE BIGINT USING requests;

-- Whoever rolls up without knowing of attempts (a worker of the version before, while the installation changes) is refused
-- with its cursor where it stands, and does not leave zeros for good.
ALTER TABLE usage_rollups ALTER COLUMN attempts DROP DEFAULT;
