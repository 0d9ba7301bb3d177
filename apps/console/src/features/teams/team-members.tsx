'use client';
/** Who is in the team; adding and taking out. */
import type { Member, Team } from '@tollgate/api';
import { Badge, Button, type ColumnDef, Combobox, DataTable, EmptyState, Switch, toast } from '@tollgate/ui';
import { UserPlus, UserRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { EmailText } from '../common/email-text.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { useMemberSearch } from '../common/member-select.tsx';
import { useRoleName } from '../common/names.ts';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const AddMembersDialog = later(async () => (await import('./add-members-dialog.tsx')).AddMembersDialog);

export const teamMembersPath = ({ id }: Team, url: Pick<UrlState, 'get'>, limit?: number): string =>
  withQuery(`/teams/${id}/members`, { q: url.get('q'), limit });

const CSV = {
  id: ({ id }: Member) => id,
  name: ({ name }: Member) => name,
  email: ({ email }: Member) => email,
  role: ({ role }: Member) => role,
  createdAt: ({ createdAt }: Member) => createdAt,
};

export function TeamMembers({ team }: { readonly team: Team }) {
  const text = useMessages('teams');
  const mayWrite = usePermission('teams:write');
  const membersText = useMessages('members');
  const url = useUrlState();
  const query = url.get('q') ?? '';
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member>();
  const members = useApiList<Member>(teamMembersPath(team, url, 100));
  const listProps = useListProps();
  const leads = useLeads(team);
  const columns = useColumns(mayWrite ? setLeaving : undefined, leads, mayWrite);
  return (
    <>
      <DataTable
        caption={text.members}
        columns={columns}
        rows={members.rows}
        getRowId={idOf}
        {...listProps(members)}
        toolbar={
          <>
            <SearchFilter label={membersText.search} />
            {mayWrite && <AddMember team={team} present={members.rows} />}
            {mayWrite && (
              <Button icon={<UserPlus />} onClick={() => setAdding(true)}>
                {text.addMembers}
              </Button>
            )}
            <ListCsv<Member>
              permission="teams:read"
              path={teamMembersPath(team, url)}
              name={`${team.slug}-members`}
              columns={CSV}
            />
          </>
        }
        empty={
          query === '' ? (
            <EmptyState icon={<UserRound />} title={text.noMembersTitle}>
              {text.noMembersText}
            </EmptyState>
          ) : (
            <NothingMatches onClear={() => url.set({ q: undefined })} />
          )
        }
      />
      {adding && <AddMembersDialog team={team} onClose={() => setAdding(false)} />}
      {leaving && <RemoveMember team={team} member={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  );
}

interface Leads {
  readonly ids: ReadonlySet<string>;
  readonly set: (memberId: string, lead: boolean) => void;
}

interface LeadsAnswer {
  readonly data: readonly { readonly memberId: string }[];
}

function withLead({ data }: LeadsAnswer, memberId: string, lead: boolean): LeadsAnswer {
  const others = data.filter((one) => one.memberId !== memberId);
  return { data: lead ? [...others, { memberId }] : others };
}

/** Who is told of what concerns the team's keys. */
function useLeads(team: Team): Leads {
  const text = useMessages('keyRules');
  const toText = useProblemText();
  const path = `/teams/${team.id}/leads`;
  const leads = useApiQuery<LeadsAnswer>(path).data;
  const change = useApiMutation<void, { readonly memberId: string; readonly lead: boolean }>(
    ({ memberId, lead }) => ({
      path: `/teams/${team.id}/members/${memberId}`,
      method: 'PUT',
      json: { lead },
    }),
    {
      invalidates: [path],
      foresees: ({ memberId, lead }) => [
        { path, whole: true, change: (answer) => withLead(answer as LeadsAnswer, memberId, lead) },
      ],
      onSuccess: () => void toast.success(text.leadChanged),
      onError: (error) => void toast.error(toText(error)),
    },
  );
  const { mutate } = change;
  return useMemo(
    () => ({
      ids: new Set(leads?.data.map(({ memberId }) => memberId)),
      set: (memberId: string, lead: boolean) => mutate({ memberId, lead }),
    }),
    [leads, mutate],
  );
}

function useColumns(
  remove: ((member: Member) => void) | undefined,
  leads: Leads,
  mayWrite: boolean,
): ColumnDef<Member>[] {
  const rules = useMessages('keyRules');
  const text = useMessages('teams');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const roleName = useRoleName();
  return useMemo<ColumnDef<Member>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorFn: ({ name, email }) => name || email,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium">{original.name || original.email}</span>
            {original.name && (
              <span className="text-xs text-ink-faint">
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
        cell: ({ getValue }) => <Badge tone="outline">{getValue<string>()}</Badge>,
      },
      {
        id: 'lead',
        header: rules.lead,
        accessorFn: ({ id }) => (leads.ids.has(id) ? 1 : 0),
        cell: ({ row: { original } }) => (
          <Switch
            aria-label={`${rules.lead}: ${original.name || original.email}`}
            disabled={!mayWrite}
            checked={leads.ids.has(original.id)}
            onCheckedChange={(lead) => leads.set(original.id, lead)}
          />
        ),
      },
      actionsColumn(
        (row) =>
          remove && (
            <Button
              size="sm"
              variant="dangerGhost"
              aria-label={`${text.removeMember}: ${row.email}`}
              onClick={() => remove(row)}
            >
              {text.removeMember}
            </Button>
          ),
      ),
    ],
    [text, common, parts, rules, leads, mayWrite, roleName, remove],
  );
}

function AddMember({ team, present }: { readonly team: Team; readonly present: readonly Member[] }) {
  const text = useMessages('teams');
  const toText = useProblemText();
  const { members, picker, isEverybody } = useMemberSearch();
  const inTeam = useMemo(() => new Set(present.map(({ id }) => id)), [present]);
  const add = useApiMutation<void, Member>(
    (member) => ({ path: `/teams/${team.id}/members/${member.id}`, method: 'PUT' }),
    {
      invalidates: ['/teams', '/members'],
      onSuccess: (_, member) => void toast.success(text.memberAdded(member.name || member.email)),
      onError: (error) => void toast.error(toText(error)),
    },
  );
  return (
    <Combobox
      aria-label={text.addMember}
      placeholder={add.isPending ? '…' : text.addMember}
      className="w-full sm:w-72"
      value={undefined}
      disabled={add.isPending}
      {...picker}
      // Of others, more may be found by their name.
      {...(isEverybody && { emptyText: text.nobodyToAdd })}
      onValueChange={(id) => {
        const member = members.find((one) => one.id === id);
        if (member !== undefined) add.mutate(member);
      }}
      options={picker.options.filter(({ value }) => !inTeam.has(value))}
    />
  );
}

function RemoveMember({
  team,
  member,
  onClose,
}: {
  readonly team: Team;
  readonly member: Member;
  readonly onClose: () => void;
}) {
  const text = useMessages('teams');
  const remove = useApiMutation<void>(
    () => ({ path: `/teams/${team.id}/members/${member.id}`, method: 'DELETE' }),
    { invalidates: ['/teams', '/members'] },
  );
  return (
    <ConfirmAction
      title={text.removeTitle(member.name || member.email, team.name)}
      confirmLabel={text.removeMember}
      run={() => remove.mutateAsync()}
      onClose={onClose}
    >
      {text.removeText}
    </ConfirmAction>
  );
}
