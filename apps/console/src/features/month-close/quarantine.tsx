'use client';
/** Lines of the ledger that were set aside, each to be released or rejected. Absent where there are none. */
import type { QuarantinedEntry } from '@tollgate/api';
import { Badge, Button, Card, Dash, Money, TimeStamp, toast } from '@tollgate/ui';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const REFRESH_MS = 10_000;

export function Quarantine() {
  const text = useMessages('monthClose');
  const reasons: Readonly<Record<string, string>> = text.quarantineReasons;
  const entries = useApiList<QuarantinedEntry>('/quarantined-entries?resolved=false&limit=50', {
    refetchIntervalMs: REFRESH_MS,
  });
  if (entries.rows.length === 0) return null;
  return (
    <Card title={text.quarantineTitle} description={text.quarantineText} flush>
      <ul id="quarantine" className="border-t border-line">
        {entries.rows.map((entry) => (
          <li
            key={entry.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 text-sm last:border-b-0"
          >
            <span className="min-w-0 flex-1 basis-56">
              <span className="block truncate font-mono text-xs">{entry.requestId}</span>
              <span className="text-ink-soft">{entry.model || <Dash />}</span>
            </span>
            <Badge tone="warning">{reasons[entry.reason] ?? entry.reason}</Badge>
            {entry.costUsd === null ? <Dash /> : <Money value={entry.costUsd} />}
            <TimeStamp value={entry.createdAt} className="text-ink-faint" />
            <Decision entry={entry} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Decision({ entry }: { readonly entry: QuarantinedEntry }) {
  const text = useMessages('monthClose');
  const toText = useProblemText();
  const mayWrite = usePermission('invoices:write');
  const decide = useApiMutation<QuarantinedEntry, 'release' | 'reject'>(
    (decision) => ({
      path: `/quarantined-entries/${entry.id}/decide`,
      method: 'POST',
      json: { decision },
    }),
    {
      invalidates: ['/quarantined-entries', '/month-close'],
      onSuccess: () => void toast.success(text.decided),
      onError: (error) => void toast.error(toText(error)),
    },
  );
  if (entry.decision === 'release') return <Badge tone="info">{text.releasing}</Badge>;
  return (
    <span className="flex flex-wrap items-center gap-2">
      {entry.refusal !== '' && <span className="text-xs text-warning">{text.refused(entry.refusal)}</span>}
      {mayWrite && (
        <>
          <Button size="sm" loading={decide.isPending} onClick={() => decide.mutate('release')}>
            {text.release}
          </Button>
          <Button
            size="sm"
            variant="ghost"
            disabled={decide.isPending}
            onClick={() => decide.mutate('reject')}
          >
            {text.reject}
          </Button>
        </>
      )}
    </span>
  );
}
