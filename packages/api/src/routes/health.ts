/** Whether this process can answer. */
import { z } from '@hono/zod-openapi';
import { type AnyRoute, route } from '../framework/route.ts';

export const healthRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/health',
    tag: 'meta',
    summary: '200 when the database answers, else 503',
    access: 'public',
    response: z.object({ status: z.literal('ok') }),
    run: async ({ context }) => {
      await context.database.platform((tx) => tx.$queryRaw`SELECT 1`, { timeoutMs: 2_000 });
      return { status: 'ok' as const };
    },
  }),
];
