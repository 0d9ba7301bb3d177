'use client';
/** What a DataTable needs to know about a list of the API, in one spread. */
import type { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';

export interface ListState {
  readonly isLoading: boolean;
  readonly error: ApiError | null;
  readonly refetch: () => unknown;
  readonly hasNextPage?: boolean;
  readonly isFetchingNextPage?: boolean;
  readonly fetchNextPage?: () => unknown;
}

export function useListProps() {
  const toText = useProblemText();
  return (list: ListState) => ({
    loading: list.isLoading,
    error: list.error && { message: toText(list.error), requestId: list.error.requestId },
    onRetry: () => void list.refetch(),
    hasMore: list.hasNextPage ?? false,
    loadingMore: list.isFetchingNextPage ?? false,
    onLoadMore: () => void list.fetchNextPage?.(),
  });
}

/** For `getRowId` of what the API names by `id`. */
export const idOf = ({ id }: { readonly id: string }) => id;
