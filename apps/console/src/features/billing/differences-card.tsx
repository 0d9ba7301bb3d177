'use client';
/** Where the last comparison found our books and Stripe's to disagree. */
import type { StripeDifference as Difference } from '@tollgate/api';
import { Badge, Card, EmptyState, Skeleton, TimeStamp } from '@tollgate/ui';
import { Scale } from 'lucide-react';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

interface Comparison {
  readonly comparedAt: string | null;
  readonly data: readonly Difference[];
}

export function DifferencesCard() {
  const text = useMessages('billing');
  const comparison = useApiQuery<Comparison>('/billing/differences');
  const at = comparison.data?.comparedAt ?? null;
  return (
    <Card
      title={text.differences}
      description={text.differencesText}
      actions={
        at !== null && (
          <span className="text-xs text-ink-faint">
            {text.comparedAt}: <TimeStamp value={at} />
          </span>
        )
      }
      flush
    >
      {comparison.data === undefined ? (
        <Skeleton className="m-4 h-16" />
      ) : comparison.data.data.length === 0 ? (
        <EmptyState icon={<Scale />} title={at === null ? text.notCompared : text.noDifferences}>
          {at === null ? text.notComparedText : text.noDifferencesText}
        </EmptyState>
      ) : (
        <ul className="border-t border-line">
          {comparison.data.data.map((difference) => (
            <DifferenceRow key={difference.id} difference={difference} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function DifferenceRow({ difference }: { readonly difference: Difference }) {
  const text = useMessages('billing');
  const kinds: Readonly<Record<string, string>> = text.differenceKinds;
  const { kind, targetId, expected, found, foundAt, resolvedAt } = difference;
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 text-sm last:border-b-0">
      <Badge tone={resolvedAt === null ? 'negative' : 'neutral'}>{kinds[kind] ?? kind}</Badge>
      {targetId.startsWith('inv_') ? (
        <Link href={`/invoices/${targetId}`} className="font-mono text-xs hover:underline">
          {targetId}
        </Link>
      ) : (
        <code className="font-mono text-xs">{targetId}</code>
      )}
      <span className="text-ink-soft">
        {text.ours}: {expected}; {text.theirs}: {found}
      </span>
      <span className="ml-auto text-xs text-ink-faint">
        {resolvedAt === null ? text.found : text.resolved} <TimeStamp value={resolvedAt ?? foundAt} />
      </span>
    </li>
  );
}
