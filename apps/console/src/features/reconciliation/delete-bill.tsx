'use client';
/** Forgets a bill, so that its file can be imported again: under another time zone, for another credential. */
import type { Reconciliation as BillDetail } from '@tollgate/api';
import { Button } from '@tollgate/ui';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useGo } from '../common/leaving.ts';

export function DeleteBill({ bill }: { readonly bill: BillDetail }) {
  const text = useMessages('reconciliation');
  const go = useGo();
  const [asking, setAsking] = useState(false);
  // The bill itself is not read again: it is gone, and this page with it.
  const remove = useApiMutation<void>(() => ({ path: `/reconciliations/${bill.id}`, method: 'DELETE' }), {
    invalidates: ['/month-close'],
  });
  return (
    <>
      <Button icon={<Trash2 />} onClick={() => setAsking(true)}>
        {text.delete}
      </Button>
      {asking && (
        <ConfirmAction
          title={text.deleteBillTitle(bill.fileName)}
          confirmLabel={text.delete}
          tone="danger"
          confirmName={bill.fileName}
          run={() => remove.mutateAsync()}
          done={text.deleted}
          onDone={() => go('/reconciliation', { replace: true })}
          onClose={() => setAsking(false)}
        >
          {text.deleteBillText(bill.states.accepted)}
        </ConfirmAction>
      )}
    </>
  );
}
