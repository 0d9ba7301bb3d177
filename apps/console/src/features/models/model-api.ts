'use client';
/** What the organization can use, as `GET /models` answers. */
import type { Model } from '@tollgate/api';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export type ServingCredential = Model['credentials'][number];

export function useModels() {
  return useEvery<Model>('/models', { enabled: usePermission('models:read') });
}
