'use client';
/** Where this month's money goes: the dearest teams, models or keys. */
import { Button, Card, Meter, Money, Select, Skeleton } from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { startOfMonth } from '../keys/day-range.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { useGroupName } from '../usage/use-group-name.ts';

const SHOWN = 6;
const BY = ['model', 'team', 'key', 'provider'] as const;
type By = (typeof BY)[number];

export function TopSpend() {
  const text = useMessages('overview');
  const url = useUrlState();
  const groupName = useGroupName();
  const by: By = BY.find((one) => one === url.get('by')) ?? 'model';
  const allowed = usePermission('usage:read');
  const usage = useApiQuery<UsageAnswer>(
    withQuery('/usage', { from: startOfMonth(), groupBy: by, timeZone: 'UTC' }),
    { enabled: allowed, placeholderData: (before) => before },
  );
  if (!allowed) return null;
  const rows = (usage.data?.data ?? [])
    .toSorted((left, right) => Number(right.spentUsd) - Number(left.spentUsd))
    .slice(0, SHOWN);
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
          <Link href={`/usage?groupBy=${by}`}>{text.toUsage}</Link>
        </Button>
      }
    >
      {usage.isLoading ? (
        <Skeleton className="h-40" />
      ) : (
        <ul className="flex flex-col gap-3">
          {rows.map((row) => {
            const id = row[by] ?? '';
            const name = row.names[by] || id || text.noValue;
            return (
              <li key={id} className="flex flex-col gap-1">
                <span className="flex items-baseline justify-between gap-3 text-sm">
                  <span className="min-w-0 truncate text-ink">{name}</span>
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
