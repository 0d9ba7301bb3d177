'use client';
/** The plan, its seats, and taking another. */
import type { Billing } from '@tollgate/api';
import { Button, Card, DefinitionList, Money, TimeStamp } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { useUsdText } from './use-usd-text.ts';

export function PlanCard({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const mayWrite = usePermission('billing:write');
  const [changing, setChanging] = useState(false);
  const usd = useUsdText();
  const { plan } = billing;
  // From before seats followed the members.
  const withoutSeat = Math.max(0, plan.usedSeats - Math.max(plan.seats, plan.includedSeats));
  const isFree = Number(plan.monthlyFeeUsd) === 0;
  return (
    <Card
      title={text.plan}
      actions={
        mayWrite && (
          <Button size="sm" onClick={() => setChanging(true)}>
            {text.changePlan}
          </Button>
        )
      }
    >
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="text-2xl font-semibold tracking-tight">{plan.planName}</span>
        <span className="text-ink-soft">{isFree ? text.free : text.perMonth(usd(plan.monthlyFeeUsd))}</span>
      </p>
      <div className="mt-4">
        <DefinitionList
          items={[
            {
              term: text.seats,
              value: (
                <span className="flex flex-col">
                  <span className="tabular">
                    {withoutSeat > 0
                      ? text.membersAndSeats(plan.usedSeats, plan.seats)
                      : text.seatsUsed(plan.usedSeats, plan.seats)}
                  </span>
                  {withoutSeat > 0 && (
                    <span className="text-xs text-warning">{text.membersWithoutSeat(withoutSeat)}</span>
                  )}
                  {Number(plan.seatFeeUsd) > 0 && (
                    <span className="text-xs text-ink-faint">
                      {text.seatPrice(plan.includedSeats, usd(plan.seatFeeUsd))}
                    </span>
                  )}
                  {plan.since && Number(plan.seatFeeUsd) > 0 && (
                    <span className="text-xs text-ink-faint">{text.seatsGrow(usd(plan.seatFeeUsd))}</span>
                  )}
                </span>
              ),
            },
            {
              term: text.includedUsage,
              value:
                Number(plan.includedUsageUsd) === 0 ? text.none : <Money value={plan.includedUsageUsd} />,
            },
            ...(plan.since
              ? [{ term: text.since, value: <TimeStamp value={plan.since} format="exact" /> }]
              : []),
          ]}
        />
      </div>
      {changing && <PlanDialog billing={billing} onClose={() => setChanging(false)} />}
    </Card>
  );
}
