'use client';
import type { Member, Role } from '@tollgate/api';
import { Badge, type ColumnDef, Dash, DataTable, EmptyState, Select, TimeStamp } from '@tollgate/ui';
import { LogOut, ShieldOff, UserMinus, UserRoundCog, UsersRound } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { EmailText } from '../common/email-text.tsx';
import { later } from '../common/later.tsx';
import { useRoleName, useRoles } from '../common/names.ts';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { TeamFilter } from '../common/team-filter.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { EndSessions } from './end-sessions.tsx';
import { RemoveMember } from './remove-member.tsx';
import { RemoveSecondFactor } from './remove-second-factor.tsx';
import { useMemberBulk } from './use-member-bulk.tsx';

const RoleDialog = later(async () => (await import('./role-dialog.tsx')).RoleDialog);

const SHOWN_TEAMS = 3;

type Opened = { readonly kind: 'role' | 'remove' | 'factor' | 'sessions'; readonly member: Member };

const MEMBER_ID = /^mem_[1-9A-Za-z]{16,}$/;

/** As the API names them. */
export function filterOfMembers(url: Pick<UrlState, 'get'>) {
  const typed = url.get('q');
  // An id that somebody has pasted is no part of a name.
  const asked = typed !== undefined && MEMBER_ID.test(typed) ? { ids: typed } : { q: typed };
  return { ...asked, role: url.get('role'), teamId: url.get('team') };
}

export function MemberTable() {
  const text = useMessages('members');
  const url = useUrlState();
  const query = url.get('q') ?? '';
  const role = url.get('role') ?? '';
  const team = url.get('team') ?? '';
  const filtered = query !== '' || role !== '' || team !== '';
  const members = useApiList<Member>(withQuery('/members', { ...filterOfMembers(url), limit: 50 }));
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const columns = useColumns(members.rows, setOpened);
  const mayWrite = usePermission('members:write');
  const isWithin = useIsWithin();
  const ownId = useMe().data?.membershipId;
  const bulk = useMemberBulk();
  const listProps = useListProps();
  return (
    <>
      <DataTable
        caption={text.title}
        columns={columns}
        columnChoice
        rememberAs="members"
        rows={members.rows}
        getRowId={idOf}
        {...listProps(members)}
        {...(mayWrite && { bulkActions: bulk.actions })}
        canSelect={(member) => member.id !== ownId && isWithin(member)}
        toolbar={
          <>
            <SearchFilter label={text.search} />
            <RoleFilter
              value={role}
              onChange={(next) => url.set({ role: next })}
              counted={query === '' && team === ''}
            />
            <TeamFilter />
          </>
        }
        empty={
          filtered ? (
            <NothingMatches onClear={() => url.set({ q: undefined, role: undefined, team: undefined })} />
          ) : (
            <EmptyState icon={<UsersRound />} title={text.emptyTitle}>
              {text.emptyText}
            </EmptyState>
          )
        }
      />
      {bulk.windows}
      {opened?.kind === 'role' && <RoleDialog member={opened.member} onClose={close} />}
      {opened?.kind === 'remove' && <RemoveMember member={opened.member} onClose={close} />}
      {opened?.kind === 'sessions' && <EndSessions member={opened.member} onClose={close} />}
      {opened?.kind === 'factor' && <RemoveSecondFactor member={opened.member} onClose={close} />}
    </>
  );
}

const EVERY_ROLE = 'all';

/** Undefined for those who may not see members. */
const sumOf = (roles: readonly Role[]): number | undefined =>
  roles.reduce<number | undefined>(
    (sum, { memberCount }) => (sum === undefined || memberCount === null ? undefined : sum + memberCount),
    0,
  );

function RoleFilter({
  value,
  onChange,
  counted,
}: {
  readonly value: string;
  readonly onChange: (role: string | undefined) => void;
  /** What is counted is everybody: beside a search that would be another number than what a role leaves. */
  readonly counted: boolean;
}) {
  const text = useMessages('members');
  const parts = useMessages('parts');
  const roles = useRoles().data?.data ?? [];
  const roleName = useRoleName();
  if (roles.length === 0) return null;
  return (
    <Select
      compact
      aria-label={parts.role}
      value={value === '' ? EVERY_ROLE : value}
      onValueChange={(next) => onChange(next === EVERY_ROLE ? undefined : next)}
      options={[
        { value: EVERY_ROLE, label: text.allRoles, hint: counted ? sumOf(roles) : undefined },
        ...roles.map(({ id, memberCount }) => ({
          value: id,
          label: roleName(id),
          hint: (counted ? memberCount : null) ?? undefined,
        })),
      ]}
    />
  );
}

/** The API refuses whoever is touched by somebody with less power. */
function useIsWithin(): (member: Member) => boolean {
  const ownPermissions = useMe().data?.permissions;
  const roles = useRoles().data?.data;
  return useCallback(
    ({ role }) =>
      roles?.find(({ id }) => id === role)?.permissions.every((one) => ownPermissions?.includes(one)) ?? true,
    [roles, ownPermissions],
  );
}

function useColumns(members: readonly Member[], open: (opened: Opened) => void): ColumnDef<Member>[] {
  const text = useMessages('members');
  const parts = useMessages('parts');
  const common = useMessages('common');
  const mayWrite = usePermission('members:write');
  const ownId = useMe().data?.membershipId;
  const roleName = useRoleName();
  const isWithin = useIsWithin();
  const teamName = useTeamNames(members.flatMap(({ teamIds }) => teamIds.slice(0, SHOWN_TEAMS)));
  return useMemo<ColumnDef<Member>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorFn: ({ name, email }) => name || email,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="flex items-center gap-2 font-medium wrap-anywhere">
              {original.name || <EmailText value={original.email} />}
              {original.id === ownId && <Badge tone="accent">{text.you}</Badge>}
            </span>
            {original.name && (
              <span className="text-xs text-ink-faint wrap-anywhere">
                <EmailText value={original.email} />
              </span>
            )}
          </span>
        ),
      },
      {
        id: 'role',
        header: parts.role,
        accessorFn: ({ role }) => roleName(role),
        cell: ({ getValue, row }) => (
          <Badge tone={row.original.role === 'owner' ? 'neutral' : 'outline'}>{getValue<string>()}</Badge>
        ),
      },
      {
        id: 'teams',
        header: text.teams,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TeamLinks ids={row.original.teamIds} nameOf={teamName} />,
      },
      {
        id: 'second-factor',
        header: text.secondFactor,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.hasSecondFactor ? (
            text.hasFactor
          ) : (
            <span className="text-ink-faint">{text.hasNoFactor}</span>
          ),
      },
      {
        id: 'joined',
        header: text.joined,
        accessorKey: 'createdAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      actionsColumn(
        (member) =>
          mayWrite && (
            <RowMenu
              of={member.email}
              entries={[
                {
                  label: text.changeRole,
                  icon: <UserRoundCog />,
                  disabled: !isWithin(member),
                  hint: isWithin(member) ? undefined : text.notYours,
                  onSelect: () => open({ kind: 'role', member }),
                },
                ...(member.hasSecondFactor && member.id !== ownId && isWithin(member)
                  ? [
                      {
                        label: text.removeFactor,
                        icon: <ShieldOff />,
                        onSelect: () => open({ kind: 'factor', member }),
                      },
                    ]
                  : []),
                ...(member.id !== ownId && isWithin(member)
                  ? [
                      {
                        label: text.endSessions,
                        icon: <LogOut />,
                        onSelect: () => open({ kind: 'sessions', member }),
                      },
                    ]
                  : []),
                {
                  label: text.remove,
                  icon: <UserMinus />,
                  tone: 'danger',
                  disabled: !isWithin(member),
                  onSelect: () => open({ kind: 'remove', member }),
                },
              ]}
            />
          ),
        'narrow',
      ),
    ],
    [text, parts, common, mayWrite, ownId, roleName, teamName, isWithin, open],
  );
}

function TeamLinks({
  ids,
  nameOf,
}: {
  readonly ids: readonly string[];
  readonly nameOf: (teamId: string) => string;
}) {
  if (ids.length === 0) return <Dash />;
  return (
    <span className="flex flex-wrap gap-x-2">
      {ids.slice(0, SHOWN_TEAMS).map((id, place, { length }) => (
        <span key={id} className="text-ink-soft">
          <Link href={`/teams/${id}`} className="hover:text-ink hover:underline">
            {nameOf(id)}
          </Link>
          {place < length - 1 && ','}
        </span>
      ))}
      {ids.length > SHOWN_TEAMS && <span className="text-ink-faint">+{ids.length - SHOWN_TEAMS}</span>}
    </span>
  );
}
