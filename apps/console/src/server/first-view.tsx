/**
 * What a screen asks first, answered while the server draws it: `<FirstView><KeysScreen /></FirstView>` in a page.
 *
 * The questions are those of the screen's own hooks, and the API answers as it would over HTTP: the same routes, the
 * same person and organization, the same policy.
 */
import type { ReactNode } from 'react';
import { FirstViewBoundary } from '../api/first-view.tsx';
import { setFirstViewReader } from '../api/first-view-reader.ts';
import { PageSkeleton } from '../features/shell/page-skeleton.tsx';
import { readApi } from './api.ts';

setFirstViewReader(readApi);

export function FirstView({ children }: { readonly children: ReactNode }) {
  return <FirstViewBoundary fallback={<PageSkeleton />}>{children}</FirstViewBoundary>;
}
