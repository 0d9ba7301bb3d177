'use client';
/** Everything that is known of the difference that the address names, and what can be decided about it. */
import type { Reconciliation as BillDetail, BillDifference as Difference } from '@tollgate/api';
import { Badge, DefinitionList, formatNumber, Money, Sheet, Skeleton, TimeStamp } from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useDayText } from '../common/use-day-text.ts';
import { customRange } from '../requests/explorer-range.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { DecideButtons } from './decide-buttons.tsx';
import { canDecide, STATE_TONE, useReason } from './reconciliation-api.ts';

export interface DifferenceSheetProps {
  readonly path: string;
  readonly bill: BillDetail;
  readonly position: string;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
}

export function DifferenceSheet({ path, bill, position, mayWrite, onClose }: DifferenceSheetProps) {
  const text = useMessages('reconciliation');
  const dayText = useDayText();
  const found = useApiList<Difference>(withQuery(`${path}/differences`, { position, limit: 1 }));
  const [difference] = found.rows;
  return (
    <Sheet
      open
      onClose={onClose}
      title={difference?.model ?? text.difference}
      description={difference && dayText(difference.day)}
      footer={
        mayWrite &&
        difference &&
        canDecide(difference) && (
          <DecideButtons path={path} comparedAt={bill.comparedAt} rows={[difference]} size="md" />
        )
      }
    >
      {found.error ? (
        <QueryError query={found} />
      ) : found.isLoading ? (
        <Skeleton className="h-60" />
      ) : difference === undefined ? (
        <p className="text-sm text-ink-soft">{text.noSuchDifference}</p>
      ) : (
        <DifferenceFacts bill={bill} difference={difference} />
      )}
    </Sheet>
  );
}

interface FactsProps {
  readonly bill: BillDetail;
  readonly difference: Difference;
}

function DifferenceFacts({ bill, difference }: FactsProps) {
  const text = useMessages('reconciliation');
  const reasonText = useReason();
  const dayText = useDayText();
  return (
    <div className="flex flex-col gap-5">
      <DefinitionList
        items={[
          {
            term: text.columns.state,
            value: <Badge tone={STATE_TONE[difference.state]}>{text.states[difference.state]}</Badge>,
          },
          { term: text.columns.reason, value: reasonText(difference.reason) },
          { term: text.columns.bill, value: <Money value={difference.billUsd} /> },
          { term: text.columns.ledger, value: <Money value={difference.ledgerUsd} /> },
          {
            term: text.columns.difference,
            value: <Money value={difference.differenceUsd} signed className="font-semibold" />,
          },
          { term: text.columns.day, value: `${dayText(difference.day)} (${bill.timeZone})` },
          ...(difference.decidedAt === null
            ? []
            : [
                {
                  term: text.decided,
                  value: (
                    <>
                      <TimeStamp value={difference.decidedAt} format="exact" />
                      {difference.decidedBy && ` ${text.by(difference.decidedBy)}`}
                    </>
                  ),
                },
              ]),
          ...(difference.note === '' ? [] : [{ term: text.note, value: difference.note }]),
        ]}
      />
      <Details difference={difference} />
      <RequestsLink bill={bill} difference={difference} />
    </div>
  );
}

/** What the reason was seen by. */
function Details({ difference }: Pick<FactsProps, 'difference'>) {
  const text = useMessages('reconciliation');
  const locale = useLocale();
  const dayText = useDayText();
  const labels: Readonly<Record<string, string>> = text.details;
  const entries = Object.entries(difference.detail).filter(([, value]) => value !== '');
  if (entries.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{text.seenBy}</h3>
      <DefinitionList
        items={entries.map(([name, value]) => ({
          term: labels[name] ?? name,
          value:
            name === 'lateUsd' ? (
              <Money value={value} />
            ) : name.endsWith('Day') ? (
              dayText(value)
            ) : COUNTS.test(name) ? (
              <span className="tabular">{formatNumber(Number(value), locale)}</span>
            ) : (
              value
            ),
        }))}
      />
    </section>
  );
}

const COUNTS = /^(rows|entries|(bill|ledger)\.\w+)$/;

/** As the ledger names them. */
const LEDGER_PROVIDERS = {
  openai: 'openai',
  anthropic: 'anthropic',
  aws: 'bedrock,amazon-bedrock,aws',
} as const;

/** The attempts that the ledger's side sums up. */
function RequestsLink({ bill, difference }: FactsProps) {
  const text = useMessages('reconciliation');
  const mayRead = usePermission('requests:read');
  if (!mayRead || NO_MODEL.includes(difference.reason)) return null;
  const q = [
    `attemptmodel:${JSON.stringify(difference.model)}`,
    `attemptprovider:${LEDGER_PROVIDERS[bill.provider]}`,
    ...(bill.credentialId === '' ? [] : [`credential:${bill.credentialId}`]),
    'livemode:true',
  ].join(' ');
  const range = customRange(Date.parse(difference.from), Date.parse(difference.to));
  return (
    <Link href={withQuery('/requests', { q, ...range })} className="text-sm text-accent-ink hover:underline">
      {text.toRequests}
    </Link>
  );
}

/** What they are about is not traffic of a model that is known here. */
const NO_MODEL: readonly string[] = ['credit', 'tax', 'unknown-model'];
