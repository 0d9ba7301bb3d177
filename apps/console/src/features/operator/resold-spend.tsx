'use client';
/** How much of what the operator resells an organization has used this month, of how much. */
import type { OperatedOrganization } from '@tollgate/api';
import { Button, formatMoney, Meter } from '@tollgate/ui';
import { useState } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { barShares, isZero } from '../budgets/budget-standing.ts';
import { later } from '../common/later.tsx';

const ResoldSpendDialog = later(async () => (await import('./resold-spend-dialog.tsx')).ResoldSpendDialog);

export function ResoldSpendSection({ organization }: { readonly organization: OperatedOrganization }) {
  const text = useMessages('operator').organizations.resold;
  const [changing, setChanging] = useState(false);
  const { name, resoldSpend, closedAt } = organization;
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">{text.title}</h3>
        {closedAt === null && (
          <Button size="sm" onClick={() => setChanging(true)}>
            {text.change}
          </Button>
        )}
      </div>
      {resoldSpend === null ? (
        <p className="text-sm text-warning">{text.unbounded}</p>
      ) : (
        <Standing spend={resoldSpend} label={text.meter(name)} />
      )}
      {changing && <ResoldSpendDialog organization={organization} onClose={() => setChanging(false)} />}
    </section>
  );
}

/** In a list: who has no bound is to be found there. */
export function ResoldSpendCell({ spend }: { readonly spend: OperatedOrganization['resoldSpend'] }) {
  const text = useMessages('operator').organizations.resold;
  const { cents, exact } = useAmounts();
  if (spend === null) return <span className="text-warning">{text.noBound}</span>;
  return <span className="tabular">{text.standing(cents(spend.spentUsd), exact(spend.limitUsd))}</span>;
}

function useAmounts() {
  const locale = useLocale();
  return {
    cents: (value: string) => formatMoney(value, { locale, precision: 'cents' }),
    exact: (value: string) => formatMoney(value, { locale }),
  };
}

type Spend = NonNullable<OperatedOrganization['resoldSpend']>;

function Standing({ spend, label }: { readonly spend: Spend; readonly label: string }) {
  const text = useMessages('operator').organizations.resold;
  const { cents, exact } = useAmounts();
  const { limitUsd, spentUsd, remainingUsd, raisedByPayment } = spend;
  const { spent } = barShares({ periodLimitUsd: limitUsd, spentUsd, heldUsd: '0', remainingUsd });
  return (
    <>
      <Meter share={spent} label={label} />
      <p className="tabular flex flex-wrap justify-between gap-x-3 text-xs text-ink-soft">
        <span>{text.standing(cents(spentUsd), exact(limitUsd))}</span>
        <span>{text.left(cents(remainingUsd))}</span>
      </p>
      {raisedByPayment && <p className="text-xs text-ink-soft">{text.raisedByPayment}</p>}
      {isZero(remainingUsd) && <p className="text-xs text-warning">{text.usedUp}</p>}
    </>
  );
}
