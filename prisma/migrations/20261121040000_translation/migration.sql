-- What became of a request on its way to the provider. Rows from before know nothing of it, and say so by the defaults.
-- Constant defaults: no partition is rewritten.
-- AlterTable
ALTER TABLE "request_logs" ADD COLUMN     "provider_format" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "translated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "unsupported" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
