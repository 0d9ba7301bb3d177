'use client';
/** Health of a budget: a bar of what is spent and in flight, and the figures below it. */
import type { Budget } from '@tollgate/api';
import { formatPercent, Meter, Money } from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { budgetPrecision, isEach, useLimitText } from '../limits/use-limit-text.ts';
import { barShares, isZero, type StandingAmounts, worstShares } from './budget-standing.ts';

export function BudgetBar({ budget }: { readonly budget: Budget }) {
  const text = useMessages('budgets');
  const locale = useLocale();
  const { budgetName, money, limitMoney } = useLimitText();
  const each = isEach(budget);
  const shares = worstShares(budget, each);
  return (
    <span className="flex w-full min-w-36 flex-col gap-1.5">
      <Meter
        share={shares.spent}
        heldShare={shares.held}
        label={text.meter(budgetName(budget))}
        className={budget.state === 'paused' ? 'opacity-50' : ''}
      />
      {each ? (
        <span className="tabular text-xs text-ink-soft">
          {budget.valueCount === 0
            ? text.perValueNone(limitMoney(budget.limitUsd))
            : `${formatPercent(shares.spent, locale)} · ${text.perValue(budget.valueCount, money(budget.remainingUsd), limitMoney(budget.periodLimitUsd))}`}
        </span>
      ) : (
        <BarFigures amounts={budget} />
      )}
      {!isZero(budget.assumedUsd) && (
        <span className="tabular text-xs text-warning">{text.sheet.assumed(money(budget.assumedUsd))}</span>
      )}
    </span>
  );
}

/** Of one value: the same bar, from its own figures. */
export function StandingBar({
  amounts,
  label,
}: {
  readonly amounts: StandingAmounts;
  readonly label: string;
}) {
  const shares = barShares(amounts);
  return (
    <span className="flex w-full min-w-36 flex-col gap-1.5">
      <Meter share={shares.spent} heldShare={shares.held} label={label} />
      <BarFigures amounts={amounts} />
    </span>
  );
}

function BarFigures({ amounts }: { readonly amounts: StandingAmounts }) {
  const text = useMessages('budgets');
  const locale = useLocale();
  const { money, limitMoney } = useLimitText();
  return (
    <span className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs">
      <span className="text-ink-soft">
        {/* By this a list of them is in order. */}
        <span className="tabular">{formatPercent(barShares(amounts).spent, locale)} · </span>
        <Money
          value={amounts.spentUsd}
          precision={budgetPrecision(amounts.spentUsd)}
          className="font-medium text-ink"
        />{' '}
        <span className="tabular">{text.standing('', limitMoney(amounts.periodLimitUsd)).trim()}</span>
      </span>
      <span className="tabular text-ink-faint">{text.left(money(amounts.remainingUsd))}</span>
    </span>
  );
}
