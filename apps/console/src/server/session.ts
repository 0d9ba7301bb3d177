/** Who is looking at a page. For rendering; what they may do is decided by the API alone. */
import type { Me } from '@tollgate/api';
import { readApi } from './api.ts';

/** @returns The person and their organizations; undefined when nobody is signed in. */
export async function findMe(organizationId?: string): Promise<Me | undefined> {
  const response = await readApi('/me', organizationId);
  return response.ok ? ((await response.json()) as Me) : undefined;
}
