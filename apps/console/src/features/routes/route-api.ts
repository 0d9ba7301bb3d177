'use client';
/** Routes: read, made, changed, deleted. */
import type { Route } from '@tollgate/api';
import { rowById } from '../../api/foresee.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { RouteInput } from './route-types.ts';

export const ROUTES_PATH = '/routes';
const STALE = [ROUTES_PATH];

export const pathOfRoute = (id: string) => `/routes/${encodeURIComponent(id)}`;

/** Few: an organization has at most some hundred. */
export function useRoutes() {
  return useEvery<Route>(ROUTES_PATH, { enabled: usePermission('routes:read') });
}

export function useCreateRoute() {
  return useApiMutation<Route, { readonly json: RouteInput; readonly idempotencyKey: string }>(
    ({ json, idempotencyKey }) => ({ path: '/routes', json, idempotencyKey }),
    { invalidates: STALE },
  );
}

export interface RouteChange {
  readonly route: Pick<Route, 'id' | 'version'>;
  readonly json: Partial<RouteInput>;
}

export function useChangeRoute() {
  return useApiMutation<Route, RouteChange>(
    ({ route, json }) => ({
      path: `/routes/${route.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${route.version}"`,
    }),
    {
      invalidates: STALE,
      foresees: ({ route, json: { isEnabled, rules } }) =>
        // The switch alone: what a form says waits for the answer.
        isEnabled === undefined || rules !== undefined
          ? []
          : [{ path: ROUTES_PATH, change: rowById<Route>(route.id, (row) => ({ ...row, isEnabled })) }],
    },
  );
}

export function useDeleteRoute() {
  return useApiMutation<void, Pick<Route, 'id' | 'version'>>(
    ({ id, version }) => ({ path: `/routes/${id}`, method: 'DELETE', ifMatch: `"${version}"` }),
    { invalidates: STALE },
  );
}
