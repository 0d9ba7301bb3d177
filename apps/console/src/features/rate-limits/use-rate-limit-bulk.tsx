'use client';
import type { RateLimit } from '@tollgate/api';
import { Trash2 } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { deleteRateLimitCall, STALE_AFTER_LIMIT_CHANGE } from './rate-limit-api.ts';

/** What can be done with many rate limits at once. */
export function useRateLimitBulk() {
  const text = useMessages('rateLimits').actions;
  const { removed } = useMessages('parts').bulk;
  const { rateRule, scopeLabel } = useLimitText();
  return useBulkChanges<RateLimit>({
    nameOf: (rule) => `${rateRule(rule)} · ${scopeLabel(rule)}`,
    invalidates: STALE_AFTER_LIMIT_CHANGE,
    changes: [
      {
        id: 'delete',
        label: text.delete,
        icon: <Trash2 />,
        tone: 'danger',
        isFor: ({ setBy }) => setBy !== 'dunning',
        title: text.deleteMany,
        text: <p>{text.deleteManyText}</p>,
        toCall: deleteRateLimitCall,
        done: removed,
      },
    ],
  });
}
