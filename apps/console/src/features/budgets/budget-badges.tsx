'use client';
import type { Budget } from '@tollgate/api';
import { Badge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { OperatorBadge } from './operator-budget.tsx';

/** Hard or soft, whether it is paused, and whether it is the operator's. */
export function BudgetBadges({ budget }: { readonly budget: Pick<Budget, 'kind' | 'state' | 'setBy'> }) {
  const text = useMessages('budgets');
  return (
    <>
      <Badge tone={budget.kind === 'hard' ? 'neutral' : 'outline'}>{text.kinds[budget.kind]}</Badge>
      {budget.state === 'paused' && <Badge tone="warning">{text.paused}</Badge>}
      <OperatorBadge budget={budget} />
    </>
  );
}
