'use client';
/** The four figures of the range, and how they differ from the range before. */
import type { UsageRow } from '@tollgate/api';
import {
  formatCount,
  formatMoney,
  formatPercent,
  Money,
  StatCard,
  type StatCardProps,
  TokenCount,
} from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { cachedShareOf, changeOf, sumUsage } from './usage-figures.ts';

export interface UsageCardsProps {
  readonly rows: readonly UsageRow[];
  /** Of the range before; absent where nothing is compared. */
  readonly previous?: readonly UsageRow[];
}

export function UsageCards({ rows, previous }: UsageCardsProps) {
  const text = useMessages('usage');
  const locale = useLocale();
  const now = sumUsage(rows);
  const before = previous && sumUsage(previous);
  const change = useChange();
  const tokens = inputTokensOf(now) + outputTokensOf(now);
  const share = cachedShareOf(now);
  const shareBefore = before && cachedShareOf(before);
  const hint = (value: string | undefined) => value !== undefined && text.previous(value);
  return (
    <div className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <StatCard
        label={text.metrics.spend}
        value={<Money value={now.spentUsd} precision="cents" />}
        {...(before && change(Number(now.spentUsd), Number(before.spentUsd)))}
        hint={hint(before && formatMoney(before.spentUsd, { locale, precision: 'cents' }))}
      />
      <StatCard
        label={text.metrics.requests}
        value={<TokenCount value={now.requests} />}
        {...(before && change(now.requests, before.requests))}
        hint={hint(before && formatCount(before.requests, locale))}
      />
      <StatCard
        label={text.metrics.tokens}
        value={<TokenCount value={tokens} />}
        {...(before && change(tokens, inputTokensOf(before) + outputTokensOf(before)))}
        hint={text.tokensHint(
          formatCount(inputTokensOf(now), locale),
          formatCount(outputTokensOf(now), locale),
        )}
      />
      <StatCard
        label={text.metrics.cached}
        value={share === undefined ? '–' : formatPercent(share, locale)}
        hint={shareBefore === undefined ? text.cachedHint : text.previous(formatPercent(shareBefore, locale))}
      />
    </div>
  );
}

/** Floats only for a rounded percentage; more spend is by itself neither good nor bad. */
function useChange() {
  const text = useMessages('usage');
  const locale = useLocale();
  return (now: number, before: number): Pick<StatCardProps, 'change'> => {
    const share = changeOf(now, before);
    if (share === undefined) return {};
    const percent = new Intl.NumberFormat(locale, {
      style: 'percent',
      maximumFractionDigits: Math.abs(share) < 1 ? 1 : 0,
      signDisplay: 'exceptZero',
    }).format(share);
    const direction = share > 0 ? 'up' : share < 0 ? 'down' : 'flat';
    return { change: { text: percent, direction, spoken: text.change(percent) } };
  };
}
