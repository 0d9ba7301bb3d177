'use client';
/** One step of a month's close: its state, what it counts, and what can be done about it. */
import type { MonthClose } from '@tollgate/api';
import { Badge, Button, Field, Input, Money, TimeStamp } from '@tollgate/ui';
import { Check, CircleDashed, Clock3, Minus, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { readAddresses } from '../members/addresses.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { CloseStep, CloseStepName, CloseStepState } from './month-close-api.ts';
import { SendRecipients } from './send-recipients.tsx';

interface RowProps {
  readonly close: MonthClose;
  readonly step: CloseStep;
  readonly position: number;
  readonly at: string;
}

const TONE = {
  done: 'positive',
  attention: 'warning',
  changed: 'warning',
  waiting: 'info',
  blocked: 'neutral',
  none: 'neutral',
} as const satisfies Record<CloseStepState, string>;

const ICON: Readonly<Record<CloseStepState, ReactNode>> = {
  done: <Check aria-hidden />,
  attention: <TriangleAlert aria-hidden />,
  changed: <TriangleAlert aria-hidden />,
  waiting: <Clock3 aria-hidden />,
  blocked: <CircleDashed aria-hidden />,
  none: <Minus aria-hidden />,
};

const CONFIRMABLE: ReadonlySet<CloseStepName> = new Set([
  'late-usage',
  'unknown-prices',
  'quarantine',
  'reconciliation',
  'review',
]);

/** What the log calls the nightly close, where nobody closed the month by hand. */
const NIGHTLY_CLOSE = 'Monthly close';

export function CloseStepRow({ close, step, position, at }: RowProps) {
  const text = useMessages('monthClose');
  const { systemActors } = useMessages('audit');
  const systemName = (name: string) => (name === NIGHTLY_CLOSE ? systemActors['invoice-close'] : name);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-b-0">
      <span className="tabular mt-0.5 w-5 text-right text-sm text-ink-faint">{position}</span>
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {text.steps[step.step]}
          <Badge tone={TONE[step.state]} icon={ICON[step.state]}>
            {text.states[step.state]}
          </Badge>
        </p>
        <p className="mt-0.5 text-sm text-ink-soft">{text.stepText[step.step]}</p>
        <Found step={step} />
        {step.doneAt !== null && (
          <p className="mt-1 text-xs text-ink-faint">
            <TimeStamp value={step.doneAt} format="exact" />
            {step.doneBy ? ` ${text.by(systemName(step.doneBy))}` : ''}
            {step.note === '' ? '' : ` · ${step.note}`}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2 max-sm:w-full max-sm:justify-start max-sm:pl-9">
        <LookLink close={close} step={step} />
        <StepAction close={close} step={step} at={at} />
      </div>
    </li>
  );
}

function Found({ step }: { readonly step: CloseStep }) {
  const text = useMessages('monthClose');
  const reconciliation = useMessages('reconciliation');
  if (step.state === 'none' || step.state === 'blocked') return null;
  const reasons: Readonly<Record<string, string>> = { ...reconciliation.reasons, ...text.quarantineReasons };
  return (
    <>
      {(step.count > 0 || step.amountUsd !== null) && step.step !== 'send' && (
        <p className="mt-1 flex flex-wrap gap-x-3 text-sm">
          {step.count > 0 && (
            <span className="tabular">
              {step.step === 'usage-arrived'
                ? text.gatewaysBehind(step.count)
                : step.step === 'notes'
                  ? text.draftNotes(step.count)
                  : text.count(step.count)}
            </span>
          )}
          {step.amountUsd !== null &&
            (step.count > 0 || step.step === 'review' || step.step === 'finalize') && (
              <Money value={step.amountUsd} />
            )}
        </p>
      )}
      {step.details.length > 0 && step.step !== 'period-ended' && (
        <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-soft">
          {step.details.slice(0, 8).map((detail) => (
            <li key={`${detail.label} ${detail.value}`}>
              {step.step !== 'send' && `${reasons[detail.label] ?? detail.label}: `}
              {step.step === 'reconciliation' ? <Money value={detail.value} signed /> : detail.value}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function LookLink({ close, step }: { readonly close: MonthClose; readonly step: CloseStep }) {
  const text = useMessages('monthClose');
  const url = useUrlState();
  const mayRead = usePermission('requests:read');
  const mode = close.livemode ? 'live' : 'test';
  // What they open holds what was counted here.
  const target: Partial<Record<CloseStepName, string>> = {
    'unknown-prices':
      step.count > 0
        ? withQuery('/prices', { tab: 'unknown', from: close.periodStart, to: close.periodEnd, mode })
        : undefined,
    quarantine: step.count > 0 ? '#quarantine' : undefined,
    reconciliation: '/reconciliation',
    notes:
      step.count > 0
        ? withQuery('/invoices', { kind: 'notes', state: 'waiting', mode, before: close.periodEnd })
        : undefined,
    ...(close.invoiceId === null ? {} : { review: `/invoices/${close.invoiceId}` }),
  } as Partial<Record<CloseStepName, string>>;
  if (step.step === 'late-usage' && step.count > 0 && mayRead) {
    return (
      <Button size="sm" onClick={() => url.set({ late: '1' })}>
        {text.lookAt}
      </Button>
    );
  }
  const href = target[step.step];
  if (href === undefined || step.state === 'none') return null;
  return (
    <Button size="sm" asChild>
      <Link href={href}>{text.lookAt}</Link>
    </Button>
  );
}

function StepAction({ close, step, at }: Omit<RowProps, 'position'>) {
  const text = useMessages('monthClose');
  const mayWrite = usePermission('invoices:write');
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState('');
  const [typed, setTyped] = useState('');
  const kind = CONFIRMABLE.has(step.step) ? 'confirm' : step.step;
  const act = useApiMutation<MonthClose, Readonly<Record<string, unknown>>>(
    (more) => ({
      path: `/month-close/${kind === 'confirm' ? 'steps' : kind}`,
      method: 'POST',
      json: { at, livemode: close.livemode, ...more },
    }),
    { invalidates: ['/month-close', '/invoices'] },
  );
  const canAct =
    kind === 'confirm'
      ? step.state === 'attention' || step.state === 'changed'
      : kind === 'finalize'
        ? step.state === 'attention'
        : kind === 'send' && step.state !== 'blocked' && step.state !== 'none' && step.state !== 'waiting';
  if (!mayWrite) return null;
  if (kind === 'confirm' && step.state === 'done' && step.doneAt !== null && close.invoiceState === 'draft') {
    return (
      <Button
        size="sm"
        variant="ghost"
        loading={act.isPending}
        onClick={() => act.mutate({ step: step.step, confirmed: false })}
      >
        {text.withdraw}
      </Button>
    );
  }
  if (!canAct) return null;
  const words =
    kind === 'confirm'
      ? {
          label: step.state === 'changed' ? text.confirmAgain : text.confirm,
          title: text.confirmTitle(text.steps[step.step]),
          body: text.confirmText,
          done: text.confirmed,
        }
      : kind === 'finalize'
        ? {
            label: text.steps.finalize,
            title: text.finalizeTitle,
            body: text.finalizeText,
            done: ({ invoiceNumber }: MonthClose) => text.finalized(invoiceNumber ?? ''),
          }
        : {
            label: step.state === 'done' ? text.sendAgain : text.send,
            title: text.sendTitle,
            body: text.sendText,
            done: text.sent,
          };
  const run = () => {
    if (kind === 'confirm') return act.mutateAsync({ step: step.step, note });
    const recipients = kind === 'send' ? readAddresses(typed) : [];
    return act.mutateAsync(recipients.length === 0 ? {} : { recipients });
  };
  return (
    <>
      <Button
        size="sm"
        variant={step.state === 'done' ? 'secondary' : 'primary'}
        onClick={() => setAsking(true)}
      >
        {words.label}
      </Button>
      {asking && (
        <ConfirmAction
          title={words.title}
          confirmLabel={words.label}
          tone="primary"
          run={run}
          done={words.done}
          onClose={() => setAsking(false)}
        >
          <p>{words.body}</p>
          {kind === 'confirm' && (
            <div className="mt-3">
              <Field label={text.note} optional>
                <Input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
              </Field>
            </div>
          )}
          {kind === 'send' && (
            <div className="mt-3">
              <SendRecipients value={typed} onChange={setTyped} />
            </div>
          )}
        </ConfirmAction>
      )}
    </>
  );
}
