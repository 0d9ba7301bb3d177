'use client';
/** One service account beside the list: what it is, its keys, and the switch that stops them. */
import type { Key, ServiceAccount } from '@tollgate/api';
import { Button, Dash, DefinitionList, EmptyState, Sheet, SkeletonText, TimeStamp } from '@tollgate/ui';
import { Ban, KeyRound, Pencil, Play, Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { KeysInUse } from '../keys/bulk-revoke-dialog.tsx';
import { KeyStateBadge } from '../keys/key-state.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { AccountState } from './account-state.tsx';

const ServiceAccountDialog = later(
  async () => (await import('./service-account-dialog.tsx')).ServiceAccountDialog,
);

const SHOWN_KEYS = 20;

export interface ServiceAccountSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

export function ServiceAccountSheet({ id, onClose }: ServiceAccountSheetProps) {
  const path = id && `/service-accounts/${encodeURIComponent(id)}`;
  const account = useApiQuery<ServiceAccount>(path, { retry: false });
  return (
    <Sheet
      open={id !== undefined}
      onClose={onClose}
      title={
        account.data ? (
          <span className="flex flex-wrap items-center gap-2">
            {account.data.name}
            <AccountState account={account.data} />
          </span>
        ) : (
          '…'
        )
      }
      footer={path && <ShowApiCall path={path} />}
    >
      {account.data !== undefined ? (
        <Details account={account.data} />
      ) : account.error ? (
        <QueryError query={account} />
      ) : (
        <SkeletonText lines={6} />
      )}
    </Sheet>
  );
}

function Details({ account }: { readonly account: ServiceAccount }) {
  const text = useMessages('serviceAccounts');
  const parts = useMessages('parts');
  const common = useMessages('common');
  const teamName = useTeamNames([account.teamId]);
  const mayWrite = usePermission('service-accounts:write');
  const [opened, setOpened] = useState<'edit' | 'switch'>();
  const close = () => setOpened(undefined);
  const disabled = account.disabledAt !== null;
  return (
    <div className="flex flex-col gap-6">
      {mayWrite && (
        <div className="flex flex-wrap gap-2">
          <Button icon={<Pencil />} onClick={() => setOpened('edit')}>
            {common.edit}
          </Button>
          <Button
            variant={disabled ? 'secondary' : 'dangerGhost'}
            icon={disabled ? <Play /> : <Ban />}
            onClick={() => setOpened('switch')}
          >
            {disabled ? text.enable : text.disable}
          </Button>
        </div>
      )}
      <DefinitionList
        items={[
          {
            term: parts.team,
            value: account.teamId === null ? <Dash /> : teamName(account.teamId),
          },
          { term: text.created, value: <TimeStamp value={account.createdAt} /> },
          { term: parts.idLabel, value: <code className="font-mono text-xs">{account.id}</code> },
        ]}
      />
      <OwnKeys account={account} />
      {opened === 'edit' && <ServiceAccountDialog account={account} onClose={close} onDone={close} />}
      {opened === 'switch' && <SwitchDialog account={account} onClose={close} />}
    </div>
  );
}

function useOwnKeys({ id }: ServiceAccount) {
  return useApiQuery<{ readonly data: readonly Key[]; readonly nextCursor: string | null }>(
    withQuery('/keys', { ownerId: id, limit: SHOWN_KEYS }),
    { enabled: usePermission('keys:read') },
  ).data;
}

function OwnKeys({ account }: { readonly account: ServiceAccount }) {
  const text = useMessages('serviceAccounts');
  const mayCreate = usePermission('keys:write') && account.disabledAt === null;
  const keys = useOwnKeys(account);
  if (keys === undefined) return null;
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold text-ink">{text.ownKeys}</h3>
        {mayCreate && (
          <Button asChild size="sm">
            <Link
              href={withQuery('/keys', { create: '1', owner: account.id, team: account.teamId ?? undefined })}
            >
              <Plus aria-hidden />
              {text.createKey}
            </Link>
          </Button>
        )}
      </div>
      {keys.data.length === 0 ? (
        <EmptyState icon={<KeyRound />} title={text.noKeys} />
      ) : (
        <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
          {keys.data.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
              <Link href={`/keys/${key.id}`} className="font-medium wrap-anywhere hover:underline">
                {key.name}
              </Link>
              <KeyStateBadge subject={key} />
              <span className="ml-auto text-xs text-ink-faint">
                {key.lastUsedAt && <TimeStamp value={key.lastUsedAt} />}
              </span>
            </li>
          ))}
        </ul>
      )}
      {keys.nextCursor !== null && (
        <Link
          href={withQuery('/keys', { owner: account.id })}
          className="text-sm text-accent-ink hover:underline"
        >
          {text.allKeys}
        </Link>
      )}
    </section>
  );
}

/** Disabling says what will stop, and asks for the name. */
function SwitchDialog({
  account,
  onClose,
}: {
  readonly account: ServiceAccount;
  readonly onClose: () => void;
}) {
  const text = useMessages('serviceAccounts');
  const keys = useOwnKeys(account)?.data.filter(({ state }) => state === 'active') ?? [];
  const disabling = account.disabledAt === null;
  const change = useApiMutation<ServiceAccount>(
    () => ({
      path: `/service-accounts/${account.id}`,
      method: 'PATCH',
      json: { disabled: disabling },
      ifMatch: `"${Date.parse(account.updatedAt)}"`,
    }),
    { invalidates: ['/service-accounts', '/keys'] },
  );
  return (
    <ConfirmAction
      title={disabling ? text.disableTitle(account.name) : `${text.enable}: ${account.name}`}
      confirmLabel={disabling ? text.disable : text.enable}
      tone={disabling ? 'danger' : 'primary'}
      {...(disabling && { confirmName: account.name })}
      run={() => change.mutateAsync()}
      done={disabling ? text.disabledNow(account.name) : text.enabledNow(account.name)}
      onClose={onClose}
    >
      {disabling && keys.length > 0 && <KeysInUse keys={keys} />}
      {disabling && <p>{text.disableText}</p>}
    </ConfirmAction>
  );
}
