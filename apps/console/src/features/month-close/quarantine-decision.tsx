'use client';
/** What was decided about a line in quarantine, or the two ways to decide; both are for good, and ask. */
import type { QuarantinedEntry } from '@tollgate/api';
import {
  Badge,
  Button,
  Dash,
  DefinitionList,
  Field,
  formatNumber,
  Input,
  Money,
  TimeStamp,
} from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

type Decision = 'release' | 'reject';

export function QuarantineDecision({ entry }: { readonly entry: QuarantinedEntry }) {
  const text = useMessages('monthClose');
  const mayWrite = usePermission('invoices:write');
  const [asked, setAsked] = useState<Decision>();
  if (entry.resolvedAt !== null) return <Decided entry={entry} />;
  if (entry.decision === 'release') return <Badge tone="info">{text.releasing}</Badge>;
  return (
    <span className="flex flex-wrap items-center justify-end gap-2">
      {entry.refusal !== '' && <span className="text-xs text-warning">{text.refused(entry.refusal)}</span>}
      {mayWrite && (
        <>
          <Button size="sm" onClick={() => setAsked('release')}>
            {text.release}
          </Button>
          <Button size="sm" variant="ghost" onClick={() => setAsked('reject')}>
            {text.reject}
          </Button>
        </>
      )}
      {asked && <DecideDialog entry={entry} decision={asked} onClose={() => setAsked(undefined)} />}
    </span>
  );
}

function Decided({ entry }: { readonly entry: QuarantinedEntry }) {
  const text = useMessages('monthClose');
  if (entry.decision === '') return <Badge>{text.resolved}</Badge>;
  return (
    <span className="flex flex-col items-end text-right text-xs whitespace-normal text-ink-faint">
      <Badge tone={entry.decision === 'release' ? 'positive' : 'neutral'}>
        {entry.decision === 'release' ? text.released : text.rejected}
      </Badge>
      {entry.decidedAt !== null && (
        <span className="wrap-anywhere">
          <TimeStamp value={entry.decidedAt} />
          {entry.decidedBy && ` ${text.by(entry.decidedBy)}`}
        </span>
      )}
      {entry.note && <span className="wrap-anywhere">{entry.note}</span>}
    </span>
  );
}

interface DecideDialogProps {
  readonly entry: QuarantinedEntry;
  readonly decision: Decision;
  readonly onClose: () => void;
}

function DecideDialog({ entry, decision, onClose }: DecideDialogProps) {
  const text = useMessages('monthClose');
  const locale = useLocale();
  const [note, setNote] = useState('');
  const decide = useApiMutation<QuarantinedEntry>(
    () => ({
      path: `/quarantined-entries/${entry.id}/decide`,
      method: 'POST',
      json: { decision, note },
    }),
    // The question tells its own refusal.
    { invalidates: ['/quarantined-entries', '/month-close'] },
  );
  const isRelease = decision === 'release';
  const money = (value: string | null) => (value === null ? <Dash /> : <Money value={value} />);
  return (
    <ConfirmAction
      title={isRelease ? text.releaseTitle : text.rejectTitle}
      confirmLabel={isRelease ? text.release : text.reject}
      tone={isRelease ? 'primary' : 'danger'}
      run={() => decide.mutateAsync()}
      done={isRelease ? text.releasing : text.rejected}
      onClose={onClose}
    >
      <p>{isRelease ? text.releaseText : text.rejectText}</p>
      <DefinitionList
        className="my-2"
        items={[
          { term: text.columns.model, value: entry.model || <Dash /> },
          {
            term: text.columns.tokens,
            value:
              entry.tokens === null ? (
                <Dash />
              ) : (
                <span className="tabular">{formatNumber(Number(entry.tokens), locale)}</span>
              ),
          },
          { term: text.columns.cost, value: money(entry.costUsd) },
          { term: text.columns.charge, value: money(entry.chargeUsd) },
        ]}
      />
      <Field label={text.note} optional>
        <Input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </Field>
    </ConfirmAction>
  );
}
