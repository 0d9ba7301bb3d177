'use client';
/** What a team may spend and use, live. */
import type { Team, TeamPolicy } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AppliedBudgets, AppliedRateLimits } from '../limits/applied-rules.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const REFRESH_MS = 5_000;

export function TeamRules({ team }: { readonly team: Team }) {
  const text = useMessages('budgets').applied;
  const query = useApiQuery<TeamPolicy>(`/teams/${encodeURIComponent(team.id)}/policy`, {
    refetchInterval: REFRESH_MS,
  });
  const policy = query.data;
  const mayReadBudgets = usePermission('budgets:read');
  const mayReadLimits = usePermission('rate-limits:read');
  const scope = { type: 'team', id: team.id } as const;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {mayReadBudgets && (
        <AppliedBudgets rules={policy?.budgets} query={query} scope={scope} description={text.teamText} />
      )}
      {mayReadLimits && <AppliedRateLimits rules={policy?.rateLimits} query={query} scope={scope} />}
    </div>
  );
}
