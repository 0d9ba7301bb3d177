'use client';
/** The close of a month: its steps in order, each with what is missing and what can be done. */
import type { MonthClose } from '@tollgate/api';
import {
  Badge,
  Button,
  Callout,
  Card,
  DefinitionList,
  Money,
  PageHeader,
  Skeleton,
  TimeStamp,
} from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ModeSelect, useLivemode } from '../common/mode-select.tsx';
import { MonthSelect, middleOf, useMonth } from '../common/month-select.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { CloseStepRow } from './close-step-row.tsx';
import { LateEntries } from './late-entries.tsx';
import { Quarantine } from './quarantine.tsx';

const REFRESH_MS = 10_000;

export function MonthCloseScreen() {
  const text = useMessages('monthClose');
  const month = useMonth();
  const livemode = useLivemode();
  const path = withQuery('/month-close', { at: middleOf(month), livemode: String(livemode) });
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<ShowApiCall path={path} />} />
      <Guarded permission="invoices:read">
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-2">
            <MonthSelect label={text.month} />
            <ModeSelect />
          </div>
          <CloseSteps path={path} at={middleOf(month)} />
          <Quarantine />
        </div>
      </Guarded>
    </>
  );
}

function CloseSteps({ path, at }: { readonly path: string; readonly at: string }) {
  const text = useMessages('monthClose');
  const close = useApiQuery<MonthClose>(path, { refetchInterval: REFRESH_MS });
  if (close.error) {
    return (
      <Card flush>
        <QueryError query={close} />
      </Card>
    );
  }
  if (close.data === undefined) return <Skeleton className="h-96" />;
  return (
    <>
      {close.data.invoiceId === null && <Callout>{text.noInvoice}</Callout>}
      <Card>
        <Summary close={close.data} />
      </Card>
      <Card flush>
        <ol>
          {close.data.steps.map((step, index) => (
            <CloseStepRow key={step.step} close={close.data} step={step} position={index + 1} at={at} />
          ))}
        </ol>
      </Card>
      <LateEntries close={close.data} />
    </>
  );
}

function Summary({ close }: { readonly close: MonthClose }) {
  const text = useMessages('monthClose');
  const { traffic } = useMessages('parts');
  const invoices = useMessages('invoices');
  return (
    <div className="flex flex-wrap items-start justify-between gap-4">
      <DefinitionList
        items={[
          ...(close.totalUsd === null
            ? []
            : [{ term: invoices.total, value: <Money value={close.totalUsd} className="font-semibold" /> }]),
          // What has its number is final already; its step says when.
          ...(close.invoiceNumber === null
            ? [{ term: text.graceEnds, value: <TimeStamp value={close.graceEndsAt} format="exact" /> }]
            : []),
          ...(close.livemode
            ? []
            : [{ term: traffic.mode, value: <Badge tone="outline">{traffic.modes.test}</Badge> }]),
        ]}
      />
      {close.invoiceId !== null && (
        <Button asChild>
          <Link href={`/invoices/${close.invoiceId}`}>{close.invoiceNumber ?? text.openInvoice}</Link>
        </Button>
      )}
    </div>
  );
}
