'use client';
/** Where one is signed in, and how to end it. */
import { Badge, Button, type ColumnDef, DataTable, PageHeader, TimeStamp } from '@tollgate/ui';
import { Monitor, Smartphone } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { findReadableAgent } from './user-agent.ts';

interface Session {
  readonly id: string;
  readonly current: boolean;
  readonly userAgent: string;
  readonly ipAddress: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  /** What it was opened by: `google`, `sso`; empty for a password or a passkey. */
  readonly provider: string;
  readonly identityProvider: { readonly id: string; readonly name: string } | null;
}

const PATH = '/me/sessions';
const NONE: readonly Session[] = [];

export function SessionsScreen() {
  const text = useMessages('settings').sessions;
  const sessions = useApiQuery<{ readonly data: readonly Session[] }>(PATH);
  const [ending, setEnding] = useState<Session>();
  const [endingOthers, setEndingOthers] = useState(false);
  const columns = useColumns(setEnding);
  const listProps = useListProps();
  const rows = sessions.data?.data ?? NONE;
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={PATH} />
            <Button variant="dangerGhost" disabled={rows.length < 2} onClick={() => setEndingOthers(true)}>
              {text.endOthers}
            </Button>
          </>
        }
      />
      <DataTable
        caption={text.title}
        columns={columns}
        rows={rows}
        getRowId={idOf}
        {...listProps(sessions)}
        footer={rows.length === 1 && text.noOthers}
      />
      {ending && <EndSession session={ending} onClose={() => setEnding(undefined)} />}
      {endingOthers && <EndOthers onClose={() => setEndingOthers(false)} />}
    </>
  );
}

function useColumns(end: (session: Session) => void): ColumnDef<Session>[] {
  const text = useMessages('settings').sessions;
  return useMemo<ColumnDef<Session>[]>(
    () => [
      {
        id: 'browser',
        header: text.browser,
        enableSorting: false,
        cell: ({ row }) => <Agent session={row.original} />,
      },
      {
        id: 'opened-by',
        header: text.openedBy,
        enableSorting: false,
        cell: ({ row }) => <OpenedBy session={row.original} />,
      },
      {
        id: 'address',
        header: text.address,
        accessorKey: 'ipAddress',
        meta: { wideOnly: true },
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
      {
        id: 'lastSeen',
        header: text.lastSeen,
        accessorKey: 'lastSeenAt',
        cell: ({ row }) => <TimeStamp value={row.original.lastSeenAt} />,
      },
      {
        id: 'started',
        header: text.started,
        accessorKey: 'createdAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      {
        id: 'expires',
        header: text.expires,
        accessorKey: 'expiresAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.expiresAt} />,
      },
      actionsColumn(
        (row) =>
          !row.current && (
            <Button size="sm" variant="dangerGhost" onClick={() => end(row)}>
              {text.end}
            </Button>
          ),
      ),
    ],
    [text, end],
  );
}

function Agent({ session }: { readonly session: Session }) {
  const text = useMessages('settings').sessions;
  const agent = findReadableAgent(session.userAgent);
  const mobile = agent?.system === 'iOS' || agent?.system === 'Android';
  const Icon = mobile ? Smartphone : Monitor;
  const name =
    agent === undefined
      ? text.unknownBrowser
      : agent.system === undefined
        ? agent.browser
        : text.on(agent.browser, agent.system);
  return (
    <span className="flex items-center gap-2.5" title={session.userAgent}>
      <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" />
      <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="font-medium">{name}</span>
        {session.current && <Badge tone="positive">{text.current}</Badge>}
      </span>
    </span>
  );
}

/** The names that people know. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  google: 'Google',
  github: 'GitHub',
  microsoft: 'Microsoft',
};

function OpenedBy({ session: { provider, identityProvider } }: { readonly session: Session }) {
  const text = useMessages('settings').sessions;
  if (identityProvider !== null) {
    return (
      <span className="flex flex-col">
        <span className="wrap-anywhere">{identityProvider.name}</span>
        <span className="text-xs text-ink-faint">{text.singleSignOn}</span>
      </span>
    );
  }
  if (provider === '') return <span className="text-ink-faint">{text.byOneself}</span>;
  const host = URL.parse(provider.replace(/^oidc:/, ''))?.host;
  return <span className="wrap-anywhere">{PROVIDER_NAMES[provider] ?? host ?? provider}</span>;
}

function EndSession({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const text = useMessages('settings').sessions;
  const end = useApiMutation<void>(() => ({ path: `${PATH}/${session.id}`, method: 'DELETE' }), {
    invalidates: [PATH],
  });
  return (
    <ConfirmAction
      title={text.endTitle}
      confirmLabel={text.end}
      run={() => end.mutateAsync()}
      done={text.ended}
      onClose={onClose}
    >
      {text.endText}
    </ConfirmAction>
  );
}

function EndOthers({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('settings').sessions;
  const end = useApiMutation<{ readonly revoked: number }>(
    () => ({ path: `${PATH}/revoke-others`, method: 'POST' }),
    { invalidates: [PATH] },
  );
  return (
    <ConfirmAction
      title={text.endOthersTitle}
      confirmLabel={text.endOthers}
      run={() => end.mutateAsync()}
      done={({ revoked }) => text.endedOthers(revoked)}
      onClose={onClose}
    >
      {text.endOthersText}
    </ConfirmAction>
  );
}
