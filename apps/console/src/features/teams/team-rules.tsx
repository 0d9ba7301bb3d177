'use client';
/** What a team may spend and use, live. */
import type { Team, TeamPolicy } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AppliedBudgets, AppliedRateLimits } from '../limits/applied-rules.tsx';

const REFRESH_MS = 5_000;

export function TeamRules({ team }: { readonly team: Team }) {
  const text = useMessages('budgets').applied;
  const policy = useApiQuery<TeamPolicy>(`/teams/${encodeURIComponent(team.id)}/policy`, {
    refetchInterval: REFRESH_MS,
  }).data;
  const scope = { type: 'team', id: team.id } as const;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <AppliedBudgets rules={policy?.budgets} scope={scope} description={text.teamText} />
      <AppliedRateLimits rules={policy?.rateLimits} scope={scope} />
    </div>
  );
}
