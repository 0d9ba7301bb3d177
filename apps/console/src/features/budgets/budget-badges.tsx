'use client';
import type { Budget } from '@tollgate/api';
import { Badge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

/** Hard or soft, and whether it is paused. */
export function BudgetBadges({ budget }: { readonly budget: Pick<Budget, 'kind' | 'state'> }) {
  const text = useMessages('budgets');
  return (
    <>
      <Badge tone={budget.kind === 'hard' ? 'neutral' : 'outline'}>{text.kinds[budget.kind]}</Badge>
      {budget.state === 'paused' && <Badge tone="warning">{text.paused}</Badge>}
    </>
  );
}
