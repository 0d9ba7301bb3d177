/** Credentials that the operator resells: the operator's organization's own, which every organization's requests may use. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { idParam, timestamp, usd } from '../framework/field.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { credentialRoutes } from '../provider-credentials/credential-routes.ts';
import { getCredential } from '../provider-credentials/credential-store.ts';

const PATH = '/operator/resold-credentials';
const LOOKED_BACK_MS = 24 * 3_600_000;

export const ResoldTraffic = z
  .object({
    /** Of requests whose usage is in the roll-ups: the last minute may be missing. */
    from: timestamp,
    /** How many organizations have sent any. */
    organizations: z.int(),
    requests: z.int().openapi({ description: 'Those that it was the first to be tried for.' }),
    attempts: z.int().openapi({ description: 'Every try, those included that fell back to it.' }),
    chargeUsd: usd,
  })
  .openapi('ResoldTraffic');

export const resoldCredentialRoutes: readonly AnyRoute[] = [
  ...credentialRoutes({
    path: PATH,
    tag: 'operator',
    read: 'operator',
    write: 'operator',
    recentSignIn: true,
    summaries: {
      list: 'Credentials that the operator resells, without their secrets',
      create: 'Connect a provider for every organization; the markup is stated apart',
      read: 'One resold credential',
      change: 'Change a resold credential; another base URL needs its secrets again',
      remove: 'Delete a resold credential and its secret; history and its markups keep its id',
      test: 'Ask the provider for its models with this resold credential',
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/{id}/traffic`,
    tag: 'operator',
    summary: 'What went through a resold credential in the last 24 hours, of all organizations together',
    access: 'operator',
    params: idParam,
    response: ResoldTraffic,
    run: async ({ tx, organizationId, params, nowMs }) => {
      const { id } = await getCredential(tx, organizationId, params.id);
      return sumTraffic(tx, id, new Date(nowMs - LOOKED_BACK_MS));
    },
  }),
];

async function sumTraffic(
  tx: Transaction,
  credentialId: string,
  from: Date,
): Promise<z.input<typeof ResoldTraffic>> {
  const [row] = await tx.$queryRaw<
    { organizations: number; requests: number; attempts: number; charge: string }[]
  >`
    SELECT count(*)::int AS organizations, COALESCE(sum(requests), 0)::float8 AS requests,
      COALESCE(sum(attempts), 0)::float8 AS attempts, COALESCE(sum(charge_pico_usd), 0)::text AS charge
    FROM list_resold_traffic(${credentialId}, ${from}::timestamptz)`;
  const { organizations = 0, requests = 0, attempts = 0, charge = '0' } = row ?? {};
  return {
    from: from.toISOString(),
    organizations,
    requests,
    attempts,
    chargeUsd: formatUsd(picoUsdSum(BigInt(charge))),
  };
}
