'use client';
/** What is said and done about a credit or debit note wherever one is shown. */
import type { CreditNoteListItem as CreditNote } from '@tollgate/api';
import { Button, StatusBadge, TimeStamp, Tooltip } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { type MutationCall, useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export function useNoteText() {
  const text = useMessages('invoices');
  return useMemo(() => {
    const reasons: Readonly<Record<string, string>> = text.reasons;
    const kind = (note: CreditNote) => text[note.kind === 'credit' ? 'creditNote' : 'debitNote'];
    return {
      kind,
      title: (note: CreditNote) => note.number ?? kind(note),
      reason: (note: CreditNote) => reasons[note.reason] ?? note.reason,
    };
  }, [text]);
}

export function NoteState({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  return (
    <StatusBadge status={note.state === 'issued' ? 'finalized' : note.state} label={text.state[note.state]} />
  );
}

/** Of a debit note that is still a draft: when nobody needs to issue it any more. */
export function IssuesByItself({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  if (note.issuesAt === null) return null;
  return (
    <span className="text-xs text-ink-faint">
      <Tooltip content={text.issuedByItselfHint}>
        <span>{text.issuedByItself}</span>
      </Tooltip>{' '}
      <TimeStamp value={note.issuesAt} />
    </span>
  );
}

export const STALE_AFTER_ISSUE = ['/credit-notes', '/invoices', '/month-close'] as const;

export const issueCall = ({ id }: CreditNote): MutationCall => ({
  path: `/credit-notes/${id}/issue`,
  method: 'POST',
});

/** Absent where there is nothing to issue, or for who may not. */
export function IssueButton({
  note,
  size = 'sm',
}: {
  readonly note: CreditNote;
  readonly size?: 'sm' | 'md';
}) {
  const text = useMessages('invoices');
  const mayWrite = usePermission('invoices:write');
  const [asking, setAsking] = useState(false);
  const issue = useApiMutation<CreditNote>(() => issueCall(note), { invalidates: STALE_AFTER_ISSUE });
  if (!mayWrite || note.state !== 'draft') return null;
  return (
    <>
      <Button size={size} onClick={() => setAsking(true)}>
        {text.issue}
      </Button>
      {asking && (
        <ConfirmAction
          title={text.issueTitle}
          confirmLabel={text.issue}
          tone="primary"
          run={() => issue.mutateAsync()}
          done={(after) => text.issued(after.number ?? '')}
          onClose={() => setAsking(false)}
        >
          {text.issueText}
        </ConfirmAction>
      )}
    </>
  );
}
