'use client';
import type { InvoiceLine } from '@tollgate/api';
import { formatMoney, Money } from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { isTokenComponent, perMillion } from './group-lines.ts';

/** Of tokens by the million, as providers name it; that of one token is on hover. */
export function UnitPrice({
  line,
}: {
  readonly line: Pick<InvoiceLine, 'kind' | 'component' | 'unitPriceUsd'>;
}) {
  const text = useMessages('invoices');
  const locale = useLocale();
  if (line.kind === 'credit') return <Money value={null} />;
  // A plan and its seats have components of their own, and are counted one by one.
  const isOfTokens = line.kind === 'usage' && isTokenComponent(line.component);
  if (!isOfTokens) return <Money value={line.unitPriceUsd} />;
  return (
    <span className="tabular whitespace-nowrap" title={formatMoney(line.unitPriceUsd, { locale })}>
      {text.perMillion(formatMoney(perMillion(line.unitPriceUsd), { locale }))}
    </span>
  );
}
