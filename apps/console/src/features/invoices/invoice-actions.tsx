'use client';
/** Documents and steps of an invoice, as far as its state and one's role allow. */
import type { Invoice } from '@tollgate/api';
import { Button, DropdownMenu, IconButton, type MenuEntry, toast, useNowMs } from '@tollgate/ui';
import { BadgeCheck, Ban, CircleX, Download, Ellipsis, FileCheck2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { downloadFromApi } from '../common/download.ts';
import { later } from '../common/later.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { type InvoiceStep, useInvoiceStep } from './invoice-api.ts';
import { InvoiceExports } from './invoice-exports.tsx';
import { useInvoiceText } from './use-invoice-text.ts';

const MarkPaidDialog = later(async () => (await import('./mark-paid-dialog.tsx')).MarkPaidDialog);

export function InvoiceActions({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const parts = useMessages('parts');
  const mayWrite = usePermission('invoices:write') && invoice.kind === 'invoice';
  const [step, setStep] = useState<InvoiceStep>();
  const { state } = invoice;
  const owed = state === 'open' || state === 'uncollectible';
  const more: MenuEntry[] = [
    ...(state === 'open'
      ? [
          {
            label: text.uncollectible,
            icon: <CircleX />,
            onSelect: () => setStep('mark-uncollectible'),
          },
        ]
      : []),
    ...(owed
      ? [{ label: text.void, icon: <Ban />, tone: 'danger' as const, onSelect: () => setStep('void') }]
      : []),
  ];
  return (
    <>
      <ShowApiCall path={`/invoices/${invoice.id}`} />
      <DocumentButton invoice={invoice} kind="pdf" />
      <DocumentButton invoice={invoice} kind="csv" />
      <InvoiceExports invoice={invoice} />
      {mayWrite && state === 'draft' && (
        <Button variant="primary" icon={<FileCheck2 />} onClick={() => setStep('finalize')}>
          {text.finalize}
        </Button>
      )}
      {mayWrite && owed && (
        <Button variant="primary" icon={<BadgeCheck />} onClick={() => setStep('mark-paid')}>
          {text.markPaid}
        </Button>
      )}
      {mayWrite && more.length > 0 && (
        <DropdownMenu
          trigger={
            <IconButton label={parts.more} variant="secondary" tooltip={false}>
              <Ellipsis />
            </IconButton>
          }
          entries={more}
        />
      )}
      {step === 'mark-paid' && <MarkPaidDialog invoice={invoice} onClose={() => setStep(undefined)} />}
      {step && step !== 'mark-paid' && (
        <StepDialog invoice={invoice} step={step} onClose={() => setStep(undefined)} />
      )}
    </>
  );
}

function DocumentButton({ invoice, kind }: { readonly invoice: Invoice; readonly kind: 'pdf' | 'csv' }) {
  const text = useMessages('invoices');
  const toText = useProblemText();
  const [loading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    try {
      await downloadFromApi(`/invoices/${invoice.id}/${kind}`, `${invoice.number ?? 'draft'}.${kind}`);
    } catch (error) {
      toast.error(toText(error));
    } finally {
      setLoading(false);
    }
  };
  return (
    <Button icon={<Download />} loading={loading} onClick={() => void download()}>
      {text[kind]}
    </Button>
  );
}

type ConfirmedStep = Exclude<InvoiceStep, 'mark-paid'>;

interface StepDialogProps {
  readonly invoice: Invoice;
  readonly step: ConfirmedStep;
  readonly onClose: () => void;
}

function StepDialog({ invoice, step, onClose }: StepDialogProps) {
  const run = useInvoiceStep(invoice.id, step);
  const words = useStepWords(invoice)[step];
  return (
    <ConfirmAction
      title={words.title}
      confirmLabel={words.label}
      tone={words.danger ? 'danger' : 'primary'}
      {...(words.danger && invoice.number && { confirmName: invoice.number })}
      run={() => run.mutateAsync()}
      done={(after) => words.done(after)}
      onClose={onClose}
    >
      {words.body}
    </ConfirmAction>
  );
}

interface StepWords {
  readonly title: string;
  readonly label: string;
  readonly body: ReactNode;
  readonly done: (after: Invoice) => string;
  readonly danger?: boolean;
}

function useStepWords(invoice: Invoice): Readonly<Record<ConfirmedStep, StepWords>> {
  const text = useMessages('invoices');
  const { lastDay } = useInvoiceText();
  const runs = useNowMs() < Date.parse(invoice.periodEnd);
  return {
    finalize: {
      title: text.finalizeTitle,
      label: text.finalize,
      body: (
        <>
          <p>{text.finalizeText}</p>
          {runs && <p className="mt-2 text-warning">{text.finalizeRunning(lastDay(invoice))}</p>}
        </>
      ),
      done: (after) => text.finalized(after.number ?? ''),
    },
    void: {
      title: text.voidTitle(invoice.number ?? ''),
      label: text.void,
      body: text.voidText,
      done: () => text.isVoid,
      danger: true,
    },
    'mark-uncollectible': {
      title: text.uncollectibleTitle,
      label: text.uncollectible,
      body: text.uncollectibleText,
      done: () => text.isUncollectible,
    },
  };
}
