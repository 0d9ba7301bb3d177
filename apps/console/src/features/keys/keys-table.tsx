'use client';
import type { ListedKey } from '@tollgate/api';
import { Button, DataTable, EmptyState, Input } from '@tollgate/ui';
import { KeyRound, SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { useGo } from '../common/leaving.ts';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { TeamFilter } from '../common/team-filter.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { LearnMore } from '../docs/learn-more.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { BulkActions } from './bulk-actions.tsx';
import { KEY_STATES } from './key-types.ts';
import { useKeyColumns } from './use-key-columns.tsx';

const REFRESH_MS = 30_000;

/** The question that the address asks. */
export function keysPath(url: UrlState): string {
  const state = KEY_STATES.find((one) => one === url.get('state'));
  return withQuery('/keys', {
    limit: 50,
    q: url.get('q'),
    state,
    teamId: url.get('team'),
    ownerId: url.get('owner'),
    tag: url.get('tag'),
    ...sortQuery(url),
  });
}

/** Column to the order of the server. */
const SORTS = {
  name: 'name',
  lastUsed: 'lastUsed',
  expires: 'expires',
  rotated: 'rotated',
  created: 'created',
};
type SortColumn = keyof typeof SORTS;

function sortOf(url: UrlState): { id: SortColumn; desc: boolean } | undefined {
  const id = (Object.keys(SORTS) as SortColumn[]).find((one) => one === url.get('sort'));
  return id && { id, desc: url.get('dir') === 'desc' };
}

function sortQuery(url: UrlState) {
  const sort = sortOf(url);
  return sort && { sort: SORTS[sort.id], direction: sort.desc ? 'desc' : 'asc' };
}

export function KeysTable({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const text = useMessages('keys');
  const go = useGo();
  const url = useUrlState();
  const sort = sortOf(url);
  const keys = useApiList<ListedKey>(keysPath(url), {
    // In the order of last use, rows would move away under the hand of who is about to choose one.
    refetchIntervalMs: sort?.id !== 'lastUsed' && REFRESH_MS,
  });
  const listProps = useListProps();
  const columns = useKeyColumns(keys.rows, true);
  const mayWrite = usePermission('keys:write');
  const prefetch = usePrefetch();
  const owner = url.get('owner');
  const ownerName = keys.rows.find(({ ownerId }) => ownerId === owner)?.ownerName;
  const sorting = sort ? [sort] : [];
  const filtered = ['q', 'state', 'team', 'owner', 'tag'].some((name) => url.get(name) !== undefined);
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={keys.rows}
      getRowId={idOf}
      {...listProps(keys)}
      columnChoice
      rememberAs="keys"
      initialColumnVisibility={{ owner: false, created: false, hint: false, rotated: false, tags: false }}
      sorting={sorting}
      onSortingChange={(change) => {
        const [next] = typeof change === 'function' ? change(sorting) : change;
        url.set({ sort: next?.id, dir: next?.desc ? 'desc' : undefined });
      }}
      {...(mayWrite && {
        canSelect: ({ mayManage }: ListedKey) => mayManage,
        bulkActions: (rows: readonly ListedKey[], clear: () => void) => (
          <BulkActions keys={rows} onDone={clear} />
        ),
      })}
      onRowClick={({ id }) => go(`/keys/${id}`)}
      onRowIntent={({ id }) => prefetch(`/keys/${id}`)}
      toolbar={<KeyFilters ownerName={ownerName ?? owner} />}
      empty={
        filtered ? (
          <NothingMatches
            onClear={() =>
              url.set({ q: undefined, state: undefined, team: undefined, owner: undefined, tag: undefined })
            }
          />
        ) : (
          <NoKeys onCreate={onCreate} />
        )
      }
    />
  );
}

/** @param ownerName Of whom the list is, where it is of one. */
function KeyFilters({ ownerName }: { readonly ownerName: string | undefined }) {
  const text = useMessages('keys');
  const url = useUrlState();
  return (
    <>
      <SearchFilter label={text.search} />
      <MoreFilters>
        <FilterSelect
          name="state"
          label={text.columns.state}
          all={text.allStates}
          values={KEY_STATES}
          labelOf={(state) => text.states[state]}
        />
        <TeamFilter className="w-full sm:w-44" />
        <TagFilter />
      </MoreFilters>
      {ownerName !== undefined && (
        <Button onClick={() => url.set({ owner: undefined })} icon={<X />}>
          {text.ownedBy(ownerName)}
        </Button>
      )}
    </>
  );
}

/** On a phone behind a button; open where one of them holds, so that nobody wonders where the rest went. */
function MoreFilters({ children }: { readonly children: ReactNode }) {
  const common = useMessages('common');
  const url = useUrlState();
  const count = ['state', 'team', 'tag'].filter((name) => url.get(name) !== undefined).length;
  const [open, setOpen] = useState(count > 0);
  const id = useId();
  return (
    <>
      <Button
        className="sm:hidden"
        icon={<SlidersHorizontal />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {count === 0 ? common.filter : `${common.filter} (${count})`}
      </Button>
      <div id={id} className={`${open ? 'flex' : 'hidden'} order-last w-full flex-col gap-2 sm:contents`}>
        {children}
      </div>
    </>
  );
}

function TagFilter() {
  const text = useMessages('keys');
  const url = useUrlState();
  const value = url.get('tag') ?? '';
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const isTag = typed.trim() === '' || /^[A-Za-z0-9_.-]{1,64}(=.*)?$/.test(typed.trim());
  const apply = () => url.set({ tag: isTag ? typed.trim() : undefined });
  return (
    <Input
      aria-label={text.form.tags}
      placeholder={text.tagFilter}
      className="w-full sm:w-48"
      // What is no tag filters nothing, and looks so.
      invalid={!isTag}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply();
      }}
    />
  );
}

function NoKeys({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const text = useMessages('keys');
  return (
    <EmptyState
      icon={<KeyRound />}
      title={text.emptyTitle}
      action={
        onCreate && (
          <Button variant="primary" onClick={onCreate}>
            {text.create}
          </Button>
        )
      }
    >
      {text.emptyText} <LearnMore page="keys" />
    </EmptyState>
  );
}
