'use client';
/** Where this month's money goes: the dearest teams, models or keys. */
import type { UsageRow } from '@tollgate/api';
import { Button, Card, Meter, Money, Select, Skeleton, useNowMs } from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { useGroupName } from '../usage/use-group-name.ts';
import { monthStart } from '../usage/use-spend-this-month.ts';
import { spendLink } from './overview-figures.ts';
import { TOP_SHOWN, useModelSpend, useMonthUsage } from './use-month-usage.ts';

const BY = ['model', 'team', 'key', 'provider'] as const;
type By = (typeof BY)[number];

export function TopSpend() {
  const text = useMessages('overview');
  const url = useUrlState();
  const groupName = useGroupName();
  const by: By = BY.find((one) => one === url.get('by')) ?? 'model';
  const allowed = usePermission('usage:read');
  const usage = useSpendBy(by, allowed);
  if (!allowed) return null;
  const rows = (usage.rows ?? [])
    .toSorted((left, right) => Number(right.spentUsd) - Number(left.spentUsd))
    .slice(0, TOP_SHOWN);
  const most = Number(rows[0]?.spentUsd ?? 0);
  return (
    <Card
      title={text.topSpend}
      actions={
        <Select
          compact
          aria-label={text.topBy}
          value={by}
          onValueChange={(value) => url.set({ by: value === 'model' ? undefined : value })}
          options={BY.map((value) => ({ value, label: groupName(value) }))}
        />
      }
      footer={
        <Button asChild variant="link" size="sm">
          <Link href={spendLink(by)}>{text.toUsage}</Link>
        </Button>
      }
    >
      {usage.isLoading ? (
        <Skeleton className="h-40" />
      ) : usage.rows === undefined ? (
        <QueryError query={usage.asked} />
      ) : (
        <ul className="flex flex-col gap-3">
          {rows.map((row) => {
            const id = row[by] ?? '';
            const name = row.names[by] || id || text.noValue;
            return (
              <li key={id} className="flex flex-col gap-1">
                <span className="flex items-baseline justify-between gap-3 text-sm">
                  {id === '' ? (
                    <span className="min-w-0 truncate text-ink">{name}</span>
                  ) : (
                    <Link
                      href={spendLink(by, id)}
                      className="min-w-0 truncate text-ink underline-offset-3 hover:underline"
                    >
                      {name}
                    </Link>
                  )}
                  <Money value={row.spentUsd} precision="cents" />
                </span>
                <Meter
                  share={most === 0 ? 0 : Math.min(0.999, Number(row.spentUsd) / most)}
                  warnAt={2}
                  label={text.shareOfMost(name)}
                  className="h-1"
                />
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

/** By model it is known already from the figures above. */
function useSpendBy(by: By, allowed: boolean) {
  const month = useMonthUsage();
  const nowMs = useNowMs();
  const timeZone = useOrganizationZone();
  const byModel = useModelSpend(month.rows);
  const isKnown = by === 'model';
  const usage = useApiQuery<UsageAnswer>(
    withQuery('/usage', { from: monthStart(timeZone, nowMs), groupBy: by, timeZone, top: TOP_SHOWN }),
    { enabled: allowed && !isKnown, placeholderData: (before) => before },
  );
  const rows: readonly Pick<UsageRow, By | 'names' | 'spentUsd'>[] | undefined = isKnown
    ? byModel
    : usage.data?.data.filter(({ rest }) => rest !== true);
  return { rows, asked: isKnown ? month : usage, isLoading: isKnown ? month.isLoading : usage.isLoading };
}
