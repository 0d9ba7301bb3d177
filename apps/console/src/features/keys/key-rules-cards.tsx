'use client';
/** Effective policy of a key: what it may spend and use, live, and what it reaches. */
import type { Key, KeyPolicy } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AppliedBudgets, AppliedRateLimits } from '../limits/applied-rules.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const REFRESH_MS = 5_000;

export function useKeyPolicy(id: string) {
  return useApiQuery<KeyPolicy>(`/keys/${encodeURIComponent(id)}/policy`, { refetchInterval: REFRESH_MS });
}

export function KeyRulesCards({ subject }: { readonly subject: Key }) {
  const text = useMessages('budgets').applied;
  const query = useKeyPolicy(subject.id);
  const policy = query.data;
  const scope = { type: 'key', id: subject.id } as const;
  const mayReadBudgets = usePermission('budgets:read');
  const mayReadLimits = usePermission('rate-limits:read');
  if (subject.state === 'revoked') return null;
  return (
    <>
      {mayReadBudgets && (
        <AppliedBudgets rules={policy?.budgets} query={query} scope={scope} description={text.text} />
      )}
      {mayReadLimits && <AppliedRateLimits rules={policy?.rateLimits} query={query} scope={scope} />}
    </>
  );
}
