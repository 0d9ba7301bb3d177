/** Routes as the API shows them, with what is wrong about their targets now. */
import type { z } from '@hono/zod-openapi';
import type { RouteTarget as Target } from '@tollgate/routing';
import { iso } from '../framework/field.ts';
import type { Route, RouteTarget } from './route-shapes.ts';
import { configurationOf, type RouteRow, readRow } from './route-store.ts';
import { indexNames, type RoutingSupply, type ServedNames } from './routing-supply.ts';

type Presented = z.input<typeof Route>;

export function presentRoutes(rows: readonly RouteRow[], supply: RoutingSupply): Presented[] {
  if (rows.length === 0) return [];
  const names = indexNames(supply);
  return rows.map((row) => {
    const { id, name, disabledAt, version, createdAt, updatedAt } = row;
    const { route, isReadable } = readRow(row);
    return {
      id,
      name,
      description: isReadable ? configurationOf(row).description : null,
      isEnabled: disabledAt === null,
      rules: route.rules.map(({ when, targets }) => ({
        when: when.map((condition) => ({ ...condition, values: [...condition.values] })),
        targets: targets.map((target) => ({ ...presentTarget(target, names), weight: target.weight })),
      })),
      fallbacks: route.fallbacks.map((target) => presentTarget(target, names)),
      stickyBy: route.stickyBy,
      allowResold: route.allowResold,
      shadowsModel: names.servesAnyCase(name),
      problem: isReadable ? null : 'unreadable',
      version,
      createdAt: iso(createdAt),
      updatedAt: iso(updatedAt),
    };
  });
}

export function presentTarget(
  { model, credentialId }: Target,
  names: ServedNames,
): z.input<typeof RouteTarget> {
  return { model, credentialId, problem: findProblem({ model, credentialId }, names) };
}

function findProblem({ model, credentialId }: Target, names: ServedNames) {
  const isServed = credentialId === null ? names.serves(model) : names.servedByOwn(credentialId, model);
  if (isServed === undefined) return 'credentialGone';
  return isServed ? null : 'notServed';
}
