/** Routes as one key meets them: which it may use, and where a request of its would go under one. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { toModelScope } from '@tollgate/keys';
import type { ScopeSubject } from '@tollgate/limits';
import { type RouteTarget, routeKey } from '@tollgate/routing';
import { reachesRoute, reachesTarget, routeCandidates } from '@tollgate/routing/candidates';
import { id } from '../framework/field.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';
import { readRow } from './route-store.ts';
import { canAnswer, type RoutedCandidate, type RoutingSupply, readSupply } from './routing-supply.ts';

/** Where a request would go, or went. */
export const ServedRoute = z
  .object({
    id,
    name: z.string(),
    /** Index of the rule that holds. */
    rule: z.int(),
    /** The model of the target that is drawn: what is tried first. */
    target: z.string(),
  })
  .openapi('ServedRoute');

export const KeyRoute = z.object({ id, name: z.string() });

type Scoped = Pick<KeyRow, 'models' | 'providers'>;

/** By name. */
export async function listRoutesOfKey(
  tx: Transaction,
  organizationId: string,
  key: Scoped,
): Promise<z.input<typeof KeyRoute>[]> {
  const rows = await tx.route.findMany({
    where: { organizationId, disabledAt: null },
    orderBy: { name: 'asc' },
  });
  if (rows.length === 0) return [];
  const supply = await readSupply(tx, organizationId);
  const scope = toModelScope(key.models, key.providers);
  // The same few targets stand in many routes.
  const known = new Map<string, boolean>();
  const reaches = (target: RouteTarget): boolean => {
    const name = `${target.credentialId} ${target.model}`;
    const is = known.get(name) ?? reachesTarget(target, scope, supply);
    known.set(name, is);
    return is;
  };
  return rows
    .filter((row) => reachesRoute(readRow(row).route, scope, supply, reaches))
    .map(({ id: routeId, name }) => ({ id: routeId, name }));
}

export interface RoutedQuestion {
  readonly model: string;
  readonly endpoint: string;
  readonly inputTokens: number;
  readonly stream: boolean;
  readonly subject: ScopeSubject;
}

export interface RoutedAnswer {
  /** Null: no rule matches, or nothing of it can be tried. */
  readonly served: z.input<typeof ServedRoute> | null;
  readonly allowResold: boolean;
  /** In the order in which they are tried. */
  readonly candidates: readonly RoutedCandidate[];
  /** The key may not use some target of the rule. */
  readonly isForbidden: boolean;
}

/** Of one request without a session: others may draw other targets. @returns Undefined: it is no route's name. */
export async function askRoute(
  tx: Transaction,
  organizationId: string,
  key: Scoped,
  { subject, ...asked }: RoutedQuestion,
  supply: RoutingSupply,
): Promise<RoutedAnswer | undefined> {
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM routes WHERE organization_id = ${organizationId} AND disabled_at IS NULL
      AND lower(name COLLATE "C") = ${routeKey(asked.model)}`;
  if (found === undefined) return undefined;
  const { route } = readRow(await tx.route.findFirstOrThrow({ where: { organizationId, id: found.id } }));
  const request = { ...asked, ...subject, requestId: 'check', session: '' };
  const scope = toModelScope(key.models, key.providers);
  const plan = routeCandidates(route, request, scope, supply, canAnswer(asked.endpoint));
  const first = plan?.targets.find(({ leftOut }) => leftOut === null);
  return {
    served:
      plan === undefined || first === undefined
        ? null
        : { id: route.id, name: route.name, rule: plan.rule, target: first.planned.target.model },
    allowResold: route.allowResold,
    candidates: plan?.targets.flatMap(({ candidates }) => candidates) ?? [],
    isForbidden: plan?.targets.some(({ leftOut }) => leftOut === 'keyScope') ?? false,
  };
}
