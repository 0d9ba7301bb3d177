'use client';
/** One team: who is in it, its keys, what it spends. */
import type { TeamDetail } from '@tollgate/api';
import {
  Badge,
  Button,
  Card,
  Dash,
  DefinitionList,
  ErrorState,
  Money,
  PageHeader,
  Skeleton,
  StatCard,
  Tabs,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { Pencil } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useSpendThisMonth } from '../usage/use-spend-this-month.ts';
import { TeamKeys, teamKeysPath } from './team-keys.tsx';
import { TeamMembers, teamMembersPath } from './team-members.tsx';
import { TeamSpend, useTeamSpendPath } from './team-spend.tsx';

const TeamKeyRules = later(async () => (await import('../keys/key-rules-form.tsx')).TeamKeyRules);
const TeamRules = later(async () => (await import('./team-rules.tsx')).TeamRules);
const ArchiveTeam = later(async () => (await import('./archive-team.tsx')).ArchiveTeam);
const TeamDialog = later(async () => (await import('./team-dialog.tsx')).TeamDialog);

export function TeamScreen({ teamId }: { readonly teamId: string }) {
  return (
    <Guarded permission="teams:read">
      <LoadedTeam teamId={teamId} />
    </Guarded>
  );
}

function LoadedTeam({ teamId }: { readonly teamId: string }) {
  const text = useMessages('teams');
  const toText = useProblemText();
  const team = useApiQuery<TeamDetail>(`/teams/${encodeURIComponent(teamId)}`);
  if (team.data !== undefined) return <TeamPage team={team.data} />;
  if (team.error !== null) {
    return (
      <Card flush>
        <ErrorState
          title={team.error.status === 404 ? text.notFound : undefined}
          detail={team.error.status === 404 ? text.notFoundText : toText(team.error)}
          requestId={team.error.requestId}
          onRetry={() => void team.refetch()}
        />
      </Card>
    );
  }
  return (
    <>
      <PageHeader title={<Skeleton className="h-6 w-48" />} />
      <Skeleton className="h-24" />
    </>
  );
}

function TeamPage({ team }: { readonly team: TeamDetail }) {
  const text = useMessages('teams');
  const common = useMessages('common');
  const go = useGo();
  const mayWrite = usePermission('teams:write');
  const path = useTabPath(team);
  const [opened, setOpened] = useState<'edit' | 'archive'>();
  const close = () => setOpened(undefined);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="teams" href="/teams">
            {text.title}
          </Link>,
          ...team.above.map(({ id, name }) => (
            <Link key={id} href={`/teams/${id}`}>
              {name}
            </Link>
          )),
          team.name,
        ]}
        title={team.name}
        badge={team.costCenter && <Badge tone="outline">{team.costCenter}</Badge>}
        actions={
          <>
            <ShowApiCall path={path} />
            {mayWrite && (
              <>
                <Button icon={<Pencil />} onClick={() => setOpened('edit')}>
                  {common.edit}
                </Button>
                <Button variant="dangerGhost" onClick={() => setOpened('archive')}>
                  {text.archive}
                </Button>
              </>
            )}
          </>
        }
      />
      <TeamStats team={team} />
      <TeamTabs team={team} />
      {opened === 'edit' && <TeamDialog team={team} onClose={close} />}
      {opened === 'archive' && <ArchiveTeam team={team} onClose={close} onArchived={() => go('/teams')} />}
    </>
  );
}

function TeamStats({ team }: { readonly team: TeamDetail }) {
  const text = useMessages('teams');
  const parts = useMessages('parts');
  const mayReadUsage = usePermission('usage:read');
  const { byKey, isLoading } = useSpendThisMonth('team');
  const spentUsd = byKey && (byKey.get(team.id) ?? '0');
  return (
    <div className="mb-5 grid gap-3 sm:grid-cols-3">
      {mayReadUsage && (
        <StatCard
          label={text.spend}
          value={<Money value={spentUsd} precision="cents" />}
          hint={team.belowCount > 0 ? text.spendWithoutBelow : parts.thisMonth}
          loading={isLoading}
        />
      )}
      <StatCard label={text.members} value={<TokenCount value={team.memberCount} />} />
      {team.activeKeyCount !== null && (
        <StatCard
          label={text.keys}
          value={<TokenCount value={team.activeKeyCount} />}
          hint={text.activeKeys}
        />
      )}
    </div>
  );
}

/** What the open tab shows. */
function useTabPath(team: TeamDetail): string {
  const url = useUrlState();
  const spendPath = useTeamSpendPath(team);
  const path = `/teams/${encodeURIComponent(team.id)}`;
  switch (url.get('tab')) {
    case undefined:
      return teamMembersPath(team, url);
    case 'keys':
      return teamKeysPath(team);
    case 'spend':
      return spendPath ?? path;
    case 'limits':
      return `${path}/policy`;
    case 'rules':
      return `${path}/key-rules`;
    default:
      return path;
  }
}

function TeamTabs({ team }: { readonly team: TeamDetail }) {
  const text = useMessages('teams');
  const url = useUrlState();
  const mayReadKeys = usePermission('keys:read');
  const mayReadUsage = usePermission('usage:read');
  const mayReadBudgets = usePermission('budgets:read');
  const mayReadLimits = usePermission('rate-limits:read');
  const keyRules = useMessages('keyRules');
  return (
    <Tabs
      aria-label={team.name}
      value={url.get('tab') ?? 'members'}
      onValueChange={(tab) => url.set({ tab: tab === 'members' ? undefined : tab, q: undefined })}
      items={[
        { value: 'members', label: text.members, content: <TeamMembers team={team} /> },
        ...(mayReadKeys ? [{ value: 'keys', label: text.keys, content: <TeamKeys team={team} /> }] : []),
        ...(mayReadUsage ? [{ value: 'spend', label: text.spend, content: <TeamSpend team={team} /> }] : []),
        ...(mayReadBudgets || mayReadLimits
          ? [{ value: 'limits', label: text.limits, content: <TeamRules team={team} /> }]
          : []),
        ...(mayReadKeys
          ? [{ value: 'rules', label: keyRules.title, content: <TeamKeyRules team={team} /> }]
          : []),
        { value: 'details', label: text.details, content: <TeamDetails team={team} /> },
      ]}
    />
  );
}

function TeamDetails({ team }: { readonly team: TeamDetail }) {
  const text = useMessages('teams');
  const parts = useMessages('parts');
  const common = useMessages('common');
  const parent = team.above.at(-1);
  return (
    <Card>
      <DefinitionList
        columns={2}
        items={[
          { term: text.slug, value: <code className="font-mono text-xs">{team.slug}</code> },
          { term: text.costCenter, value: team.costCenter || <Dash /> },
          {
            term: text.parent,
            value: parent ? <Link href={`/teams/${parent.id}`}>{parent.name}</Link> : <Dash />,
          },
          { term: common.created, value: <TimeStamp value={team.createdAt} format="exact" /> },
          { term: parts.idLabel, value: <code className="font-mono text-xs">{team.id}</code> },
        ]}
      />
    </Card>
  );
}
