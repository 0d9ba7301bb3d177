-- Which budget's substitute took over: {budget: {id, name}, model, route}. Null: none, or by a gateway that did not tell.
-- No default: no partition is rewritten.
-- AlterTable
ALTER TABLE "request_logs" ADD COLUMN     "substitution" JSONB;
