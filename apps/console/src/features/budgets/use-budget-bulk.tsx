'use client';
import type { Budget } from '@tollgate/api';
import { Archive, Pause, Play } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { archiveBudgetCall, pauseBudgetCall, STALE_AFTER_BUDGET_CHANGE } from './budget-api.ts';

/** What can be done with many budgets at once. */
export function useBudgetBulk() {
  const text = useMessages('budgets').actions;
  const { archived } = useMessages('parts').bulk;
  const { budgetName } = useLimitText();
  return useBulkChanges<Budget>({
    nameOf: budgetName,
    invalidates: STALE_AFTER_BUDGET_CHANGE,
    changes: [
      {
        id: 'pause',
        label: text.pause,
        icon: <Pause />,
        tone: 'primary',
        isFor: ({ state, setBy }) => state !== 'paused' && setBy !== 'operator',
        title: text.pauseMany,
        text: <p>{text.pauseManyText}</p>,
        toCall: (budget) => pauseBudgetCall({ budget, paused: true }),
      },
      {
        id: 'resume',
        label: text.resume,
        icon: <Play />,
        tone: 'primary',
        isFor: ({ state }) => state === 'paused',
        title: text.resumeMany,
        text: <p>{text.resumeManyText}</p>,
        toCall: (budget) => pauseBudgetCall({ budget, paused: false }),
      },
      {
        id: 'archive',
        label: text.archive,
        icon: <Archive />,
        tone: 'danger',
        isFor: ({ setBy }) => setBy !== 'operator',
        title: text.archiveMany,
        text: <p>{text.archiveManyText}</p>,
        toCall: archiveBudgetCall,
        done: archived,
      },
    ],
  });
}
