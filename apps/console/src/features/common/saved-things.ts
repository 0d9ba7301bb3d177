'use client';
/** What people save for themselves or share, and how one of them is changed. */
import { useApiMutation } from '../../api/use-api.ts';

export interface SavedThing {
  readonly id: string;
  readonly name: string;
  readonly shared: boolean;
  readonly isOwn: boolean;
  readonly canChange: boolean;
  readonly version: number;
}

export type SavedPath = '/saved-views' | '/saved-reports';

export interface SavedChange<T> {
  readonly thing: T;
  readonly change: Readonly<Record<string, unknown>>;
}

/** At the version that was seen. */
export function usePatchSaved<T extends SavedThing>(path: SavedPath) {
  return useApiMutation<T, SavedChange<T>>(
    ({ thing, change }) => ({
      path: `${path}/${thing.id}`,
      method: 'PATCH',
      json: change,
      ifMatch: `"${thing.version}"`,
    }),
    { invalidates: [path] },
  );
}
