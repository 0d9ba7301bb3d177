'use client';
/** Prepaid credits: the balance, its ledger, and topping up on Stripe's page. */
import type { Billing, CreditEntry } from '@tollgate/api';
import { Button, Card, EmptyState, Field, Input, Money, Skeleton, TimeStamp } from '@tollgate/ui';
import { Coins, Plus } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { parseAmount } from '../limits/amount.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useStripePage } from './billing-api.ts';
import { useUsdText } from './use-usd-text.ts';

export function CreditsCard({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const usd = useUsdText();
  const mayTopUp = usePermission('billing:write') && billing.stripe !== 'off';
  const [buying, setBuying] = useState(false);
  const { credits, autoTopUp } = billing;
  return (
    <Card
      title={text.credits}
      description={text.creditsText}
      actions={
        mayTopUp && (
          <Button size="sm" icon={<Plus />} onClick={() => setBuying(true)}>
            {text.topUp}
          </Button>
        )
      }
      flush
    >
      <dl className="flex flex-wrap gap-x-12 gap-y-3 border-t border-line px-4 py-4">
        <Figure term={text.balance} value={<Money value={credits.balanceUsd} precision="cents" />} large />
        <Figure
          term={text.available}
          value={<Money value={credits.availableUsd} precision="cents" />}
          large
        />
        <Figure
          term={text.auto}
          value={
            autoTopUp === null
              ? text.autoOff
              : text.autoText(usd(autoTopUp.belowUsd), usd(autoTopUp.amountUsd))
          }
        />
      </dl>
      <Ledger />
      {buying && <TopUpDialog onClose={() => setBuying(false)} />}
    </Card>
  );
}

interface FigureProps {
  readonly term: string;
  readonly value: ReactNode;
  readonly large?: boolean;
}

function Figure({ term, value, large = false }: FigureProps) {
  return (
    <div className="flex flex-col">
      <dt className="text-xs text-ink-faint">{term}</dt>
      <dd className={large ? 'tabular text-xl font-semibold' : 'text-sm leading-7'}>{value}</dd>
    </div>
  );
}

const LEDGER_PATH = '/billing/credits';

const CSV = {
  id: ({ id }: CreditEntry) => id,
  kind: ({ kind }: CreditEntry) => kind,
  amountUsd: ({ amountUsd }: CreditEntry) => amountUsd,
  reason: ({ reason }: CreditEntry) => reason,
  invoiceId: ({ invoiceId }: CreditEntry) => invoiceId,
  createdAt: ({ createdAt }: CreditEntry) => createdAt,
};

function Ledger() {
  const text = useMessages('billing');
  const entries = useApiList<CreditEntry>(`${LEDGER_PATH}?limit=10`);
  const kinds: Readonly<Record<string, string>> = text.entryKinds;
  if (entries.isPending) return <Skeleton className="m-4 h-16" />;
  if (entries.rows.length === 0) {
    return (
      <EmptyState icon={<Coins />} title={text.ledgerEmpty}>
        {text.ledgerEmptyText}
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label={text.ledger} className="border-t border-line">
        {entries.rows.map((entry) => (
          <li
            key={entry.id}
            className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-4 py-2 text-sm last:border-b-0"
          >
            <span className="font-medium">{kinds[entry.kind] ?? entry.kind}</span>
            {entry.invoiceId !== null && (
              <Link href={`/invoices/${entry.invoiceId}`} className="text-xs text-ink-soft hover:underline">
                {entry.invoiceId}
              </Link>
            )}
            <span className="text-ink-soft">{entry.reason}</span>
            <span className="ml-auto flex items-baseline gap-4">
              <span className="text-xs text-ink-faint">
                <TimeStamp value={entry.createdAt} />
              </span>
              <Money value={entry.amountUsd} signed className="tabular w-24 text-right" />
            </span>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 border-t border-line px-4 py-2">
        <ListCsv<CreditEntry> permission="billing:read" path={LEDGER_PATH} name="credits" columns={CSV} />
        {entries.hasNextPage && (
          <Button
            size="sm"
            variant="ghost"
            loading={entries.isFetchingNextPage}
            onClick={() => void entries.fetchNextPage()}
          >
            {text.moreEntries}
          </Button>
        )}
      </div>
    </>
  );
}

function TopUpDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('billing');
  const locale = useLocale();
  const form = useForm<{ amountUsd: string }>({ defaultValues: { amountUsd: '50' } });
  const topUp = useStripePage('/billing/top-up');
  const isAmount = (typed: string) => {
    const amount = Number(parseAmount(typed, locale));
    return (amount >= 5 && amount <= 50_000) || text.amountWrong;
  };
  return (
    <FormDialog
      form={form}
      fields={['amountUsd']}
      size="sm"
      title={text.topUpTitle}
      description={text.topUpText}
      submitLabel={text.continue}
      onSubmit={({ amountUsd }) => topUp.mutateAsync({ amountUsd: parseAmount(amountUsd, locale) })}
      onDone={() => undefined}
      onClose={onClose}
    >
      <Field
        label={text.topUpAmount}
        hint={text.topUpHint}
        error={form.formState.errors.amountUsd?.message}
        required
      >
        <Input
          inputMode="decimal"
          className="tabular w-40"
          {...form.register('amountUsd', { validate: isAmount })}
        />
      </Field>
    </FormDialog>
  );
}
