'use client';
/** Compares a bill with the ledger as it is now. Where that would lose decisions, it asks first, with their number. */
import type { ComparedReconciliation } from '@tollgate/api';
import { Button, toast } from '@tollgate/ui';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';

export function CompareAgain({ path }: { readonly path: string }) {
  const text = useMessages('reconciliation');
  const toText = useProblemText();
  const [lost, setLost] = useState(0);
  const compare = useApiMutation<ComparedReconciliation, number>(
    (mayDrop) => ({ path: `${path}/compare`, method: 'POST', json: { mayDrop } }),
    {
      invalidates: ['/reconciliations', '/month-close'],
      // Also while it is asked: more of them may have changed by then.
      onError: (error) => {
        if (error.reason === 'drops_decisions') setLost(error.counts.decisions ?? 1);
        else if (lost === 0) toast.error(toText(error));
      },
    },
  );
  const done = ({ decisions }: ComparedReconciliation) => text.comparedAgain(decisions.kept);
  return (
    <>
      <Button
        icon={<RefreshCw />}
        loading={compare.isPending}
        onClick={() =>
          compare.mutate(0, { onSuccess: (bill: ComparedReconciliation) => void toast.success(done(bill)) })
        }
      >
        {text.compareAgain}
      </Button>
      {lost > 0 && (
        <ConfirmAction
          title={text.compareTitle(lost)}
          confirmLabel={text.compareAgain}
          tone="danger"
          run={() => compare.mutateAsync(lost)}
          done={done}
          onClose={() => setLost(0)}
        >
          {text.compareText}
        </ConfirmAction>
      )}
    </>
  );
}
