/** Fields of a rate limit as clients send them. */
import { z } from '@hono/zod-openapi';

const MAX_WINDOW_SECONDS = 31 * 86_400;
const MAX_LIMIT = 1_000_000_000_000;

export const limitValue = z.int().min(0).max(MAX_LIMIT);
export const windowSeconds = z.int().min(1).max(MAX_WINDOW_SECONDS);
