'use client';
/** The admin API as React hooks: read one thing, read a list page by page, change something. */
import {
  type UseMutationOptions,
  type UseQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { toast } from '@tollgate/ui';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { dropAfterChange, refreshAfterChange, refreshAfterRefusal, tellingRefusals } from './after-change.ts';
import { ApiError } from './api-error.ts';
import { type ApiRequest, apiFetch } from './client.ts';
import { useFirstAnswer } from './first-view.tsx';
import { type ForeseenChange, foresee, type TakeBack } from './foresee.ts';
import { apiQueryKey } from './query-key.ts';
import { useProblemText } from './use-form-problem.ts';

export interface ApiPage<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
  /** Set where a page ended before it was full, because it had looked through so much. */
  readonly searchedTo?: string | null;
}

type QuerySettings<T> = Omit<UseQueryOptions<T, ApiError>, 'queryKey' | 'queryFn'>;

/** `useApiQuery<Key>('/keys/key_1')`. An undefined path does not ask. */
export function useApiQuery<T>(path: string | undefined, options: QuerySettings<T> = {}) {
  const queryKey = apiQueryKey(path ?? '');
  const enabled = path !== undefined && (options.enabled ?? true);
  const isFirst = path !== undefined && enabled === true && options.initialData === undefined;
  useFirstAnswer(isFirst ? { path, queryKey, toData: toItself } : undefined);
  return useQuery<T, ApiError>({
    ...options,
    queryKey,
    queryFn: ({ signal }) => apiFetch<T>(path ?? '', { signal }),
    enabled,
  });
}

export interface ApiListSettings {
  readonly enabled?: boolean;
  /** Reads the loaded pages again and again; for lists that people watch. */
  readonly refetchIntervalMs?: number | false;
  /** How many rows the pages after the first have, where that is another number: lists that are read to their end. */
  readonly laterLimit?: number;
}

/** All pages read so far, as one list in `rows`. `path` without `cursor`. */
export function useApiList<T>(path: string, options: ApiListSettings = {}) {
  const queryKey = [...apiQueryKey(path), 'pages'];
  const enabled = options.enabled ?? true;
  useFirstAnswer(enabled ? { path, queryKey, toData: toFirstPage } : undefined);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      apiFetch<ApiPage<T>>(withCursor(path, pageParam, options.laterLimit), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled,
    refetchInterval: options.refetchIntervalMs ?? false,
  });
  const error = query.error === null ? null : toApiError(query.error);
  const { data } = query;
  // The same as long as the answers are: tables that get other rows draw them anew.
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  return { ...query, error, rows };
}

const toItself = (body: unknown): unknown => body;
/** As TanStack keeps a list that is read page by page. */
const toFirstPage = (body: unknown): unknown => ({ pages: [body], pageParams: [null] });

function toApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError({ status: 0, code: 'unexpected', title: error.message, errors: [] }, { cause: error });
}

function withCursor(path: string, cursor: string | null, limit: number | undefined): string {
  if (cursor === null) return path;
  const [list = '', query] = path.split('?');
  const parameters = new URLSearchParams(query);
  if (limit !== undefined) parameters.set('limit', String(limit));
  parameters.set('cursor', cursor);
  return `${list}?${parameters}`;
}

export type MutationCall = ApiRequest & { readonly path: string };

export interface ApiMutationSettings<T, V>
  extends Omit<UseMutationOptions<T, ApiError, V>, 'mutationFn' | 'onMutate'> {
  /** Paths whose cached answers this change makes stale, each with everything below it. */
  readonly invalidates?: readonly string[];
  /** Shows the change before the API has answered; a refusal takes it back. Only where refusals are rare. */
  readonly foresees?: (variables: V) => readonly ForeseenChange[];
  /** The screen shows `error` in its place. Else what `mutate` is refused is told as a notice, unless `onError` takes it. */
  readonly showsError?: boolean;
  /** Paths of what the answer is a verdict about: a change of it drops the answer. */
  readonly judges?: readonly string[];
}

/**
 * `useApiMutation<Key, KeyInput>((input) => ({ path: '/keys', method: 'POST', json: input }), { invalidates: ['/keys'] })`.
 */
export function useApiMutation<T, V = void>(
  toCall: (variables: V) => MutationCall,
  settings: ApiMutationSettings<T, V> = {},
) {
  const { invalidates = [], foresees, showsError, judges, onSuccess, onError, ...options } = settings;
  const queryClient = useQueryClient();
  const toText = useProblemText();
  const mutation = useMutation<T, ApiError, V, TakeBack>({
    ...options,
    onMutate: async (variables) => foresee(queryClient, foresees?.(variables) ?? []),
    onError: async (error, variables, takeBack, context) => {
      takeBack?.();
      void refreshAfterRefusal(queryClient, error, invalidates);
      await onError?.(error, variables, undefined, context);
    },
    mutationFn: (variables) => {
      const { path, ...request } = toCall(variables);
      return apiFetch<T>(path, request);
    },
    onSuccess: async (...args) => {
      // What invalidates nothing was a question.
      if (invalidates.length > 0) await refreshAfterChange(queryClient, invalidates);
      await onSuccess?.(...args);
    },
  });
  const tell = useLatest((error: unknown) => {
    if (showsError !== true && onError === undefined) toast.error(toText(error));
  });
  const { mutateAsync, reset } = mutation;
  // By its paths: callers write the list anew at each drawing.
  const judged = judges?.join(' ');
  useEffect(
    () => (judged === undefined ? undefined : dropAfterChange(judged.split(' '), reset)),
    [judged, reset],
  );
  const mutate = useMemo(() => tellingRefusals(mutateAsync, tell), [mutateAsync, tell]);
  return { ...mutation, mutate };
}

/** Calls what was drawn last, and stays the same function: effects may depend on it. */
function useLatest<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
  const latest = useRef(call);
  useLayoutEffect(() => {
    latest.current = call;
  });
  return useCallback((...args) => latest.current(...args), []);
}
