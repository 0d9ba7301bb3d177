'use client';
import { Button, Combobox, DataTable, EmptyState, Select } from '@tollgate/ui';
import { KeyRound, SearchX, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useTeams } from '../common/names.ts';
import { SearchField } from '../common/search-field.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { useOwnerName } from './key-options.ts';
import { KEY_STATES, type Key, type KeyState } from './key-types.ts';
import { useKeyColumns } from './use-key-columns.tsx';

const keyId = ({ id }: Key) => id;

/** The question that the address asks. */
export function keysPath(url: UrlState): string {
  const state = KEY_STATES.find((one) => one === url.get('state'));
  return withQuery('/keys', {
    limit: 50,
    q: url.get('q'),
    state,
    teamId: url.get('team'),
    ownerId: url.get('owner'),
  });
}

export function KeysTable({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const text = useMessages('keys');
  const router = useRouter();
  const url = useUrlState();
  const keys = useApiList<Key>(keysPath(url));
  const listProps = useListProps();
  const columns = useKeyColumns();
  const filtered = ['q', 'state', 'team', 'owner'].some((name) => url.get(name) !== undefined);
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={keys.rows}
      getRowId={keyId}
      {...listProps(keys)}
      columnChoice
      initialColumnVisibility={{ owner: false, created: false, hint: false }}
      onRowClick={({ id }) => router.push(`/keys/${id}`)}
      toolbar={<KeyFilters />}
      empty={filtered ? <NothingMatches /> : <NoKeys onCreate={onCreate} />}
    />
  );
}

function KeyFilters() {
  const text = useMessages('keys');
  const parts = useMessages('parts');
  const url = useUrlState();
  const teams = useTeams();
  const owner = url.get('owner');
  const ownerName = useOwnerName();
  const search = useCallback((q: string) => url.set({ q }), [url.set]);
  return (
    <>
      <SearchField label={text.search} value={url.get('q') ?? ''} onChange={search} />
      <Select<KeyState | 'all'>
        compact
        aria-label={text.columns.state}
        value={KEY_STATES.find((state) => state === url.get('state')) ?? 'all'}
        onValueChange={(state) => url.set({ state: state === 'all' ? undefined : state })}
        options={[
          { value: 'all', label: text.allStates },
          ...KEY_STATES.map((value) => ({ value, label: text.states[value] })),
        ]}
      />
      {teams.rows.length > 0 && (
        <Combobox
          clearable
          aria-label={parts.team}
          className="w-44"
          placeholder={parts.allTeams}
          options={teams.rows.map(({ id, name }) => ({ value: id, label: name }))}
          value={url.get('team')}
          onValueChange={(team) => url.set({ team })}
        />
      )}
      {owner !== undefined && (
        <Button onClick={() => url.set({ owner: undefined })} icon={<X />}>
          {text.ownedBy(ownerName(owner) ?? owner)}
        </Button>
      )}
    </>
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
      {text.emptyText}
    </EmptyState>
  );
}

function NothingMatches() {
  const parts = useMessages('parts');
  const common = useMessages('common');
  const url = useUrlState();
  return (
    <EmptyState
      icon={<SearchX />}
      title={parts.noMatchTitle}
      action={
        <Button onClick={() => url.set({ q: undefined, state: undefined, team: undefined })}>
          {common.clearFilters}
        </Button>
      }
    >
      {parts.noMatchText}
    </EmptyState>
  );
}
