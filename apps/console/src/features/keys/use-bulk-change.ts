'use client';
import type { BulkKeyResult, Key } from '@tollgate/api';
import { useApiMutation } from '../../api/use-api.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';

export interface BulkDialogProps {
  readonly keys: readonly Key[];
  readonly onClose: () => void;
  readonly onDone: (results: readonly BulkKeyResult[]) => void;
}

/** @returns A change of all of them that is made once, however often it is sent. */
export function useBulkChange(keys: readonly Key[]) {
  const idempotencyKey = useIdempotencyKey();
  const ids = keys.map(({ id }) => id);
  return useApiMutation<{ readonly data: readonly BulkKeyResult[] }, object>(
    (change) => ({
      path: '/keys/bulk',
      json: { ids, change },
      idempotencyKey: idempotencyKeyOf(idempotencyKey, { ids, change }),
    }),
    { invalidates: ['/keys', '/budgets'] },
  );
}
