/** What becomes of cached answers, and what somebody is told, after a change was made or refused. */
import type { QueryClient } from '@tanstack/react-query';
import type { ApiError } from './api-error.ts';
import { apiQueryKey } from './query-key.ts';

/** It is gone, it does not go with how things stand, or it was changed meanwhile: what is shown is older than that. */
const SHOWN_IS_OLD: readonly number[] = [404, 409, 412];

/**
 * What is named is read again at once, where it is shown. Everything else may hold the change as well (a list counts
 * it, a log tells of it), and is read again by whoever looks at it next.
 */
export async function refreshAfterChange(queryClient: QueryClient, paths: readonly string[]): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: apiQueryKey(''), refetchType: 'none' });
  for (const { judged, drop } of verdicts) {
    if (paths.some((path) => judged.some((other) => isPartOf(path, other) || isPartOf(other, path)))) drop();
  }
  await refresh(queryClient, paths);
}

interface Verdict {
  readonly judged: readonly string[];
  readonly drop: () => void;
}

const verdicts = new Set<Verdict>();

/**
 * An answer about how things stand, which no query keeps: a change of what it judged makes it wrong.
 *
 * @returns Ends it.
 */
export function dropAfterChange(judged: readonly string[], drop: () => void): () => void {
  const verdict = { judged, drop };
  verdicts.add(verdict);
  return () => void verdicts.delete(verdict);
}

function isPartOf(path: string, whole: string): boolean {
  const key = apiQueryKey(path);
  return apiQueryKey(whole).every((segment, place) => key[place] === segment);
}

/** Without it each further try would be sent with the version that was refused. */
export async function refreshAfterRefusal(
  queryClient: QueryClient,
  { status }: Pick<ApiError, 'status'>,
  paths: readonly string[],
): Promise<void> {
  if (SHOWN_IS_OLD.includes(status)) await refresh(queryClient, paths);
}

async function refresh(queryClient: QueryClient, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => queryClient.invalidateQueries({ queryKey: apiQueryKey(path) })));
}

/**
 * Makes `mutate` of `mutateAsync`: nobody waits for it, so a refusal that nobody takes is told. Both also when what asked for
 * the change is gone by then (a menu, a row that was drawn anew), where TanStack would call nobody.
 */
export function tellingRefusals<A extends readonly unknown[]>(
  mutateAsync: (...call: A) => Promise<unknown>,
  tell: (error: unknown) => void,
): (...call: A) => void {
  return (...call) => {
    const [variables, callbacks] = call as unknown as readonly [unknown, Callbacks?];
    const { onError, ...others } = callbacks ?? {};
    mutateAsync(...([variables, others] as unknown as A)).catch((error: unknown) =>
      onError === undefined ? tell(error) : onError(error, variables),
    );
  };
}

interface Callbacks {
  readonly onError?: (error: unknown, variables: unknown) => void;
}
