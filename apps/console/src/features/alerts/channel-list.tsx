'use client';
/** Where alerts go. Each channel can be tested at once. */
import type { NotificationChannel } from '@tollgate/api';
import { Badge, Button, type ColumnDef, formatDuration, StatusBadge, TimeStamp, toast } from '@tollgate/ui';
import { Pencil, Plus, Power, Trash2 } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useFaultText, useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { ListSection } from '../common/list-section.tsx';
import { useRoleName } from '../common/names.ts';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { idOf } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { ruleName, useChangeChannel, useChannels, useRules, useTestChannel } from './alert-api.ts';
import { toClock } from './channel-form-values.ts';

const ChannelDialog = later(async () => (await import('./channel-dialog.tsx')).ChannelDialog);

type Opened =
  | { readonly kind: 'create' }
  | { readonly kind: 'edit' | 'delete'; readonly channel: NotificationChannel };

export function ChannelList() {
  const text = useMessages('alerts').channels;
  const mayWrite = usePermission('alerts:write');
  const channels = useChannels();
  const [opened, setOpened] = useState<Opened>();
  const columns = useChannelColumns(mayWrite, setOpened);
  const close = useCallback(() => setOpened(undefined), []);
  return (
    <ListSection
      text={text.text}
      actions={
        mayWrite && (
          <Button variant="primary" icon={<Plus />} onClick={() => setOpened({ kind: 'create' })}>
            {text.create}
          </Button>
        )
      }
      caption={text.columns.channel}
      columns={columns}
      rows={channels.rows}
      getRowId={idOf}
      list={channels}
      {...(mayWrite && {
        onRowClick: (channel: NotificationChannel) => setOpened({ kind: 'edit', channel }),
      })}
    >
      {opened?.kind === 'create' && <ChannelDialog onClose={close} />}
      {opened?.kind === 'edit' && <ChannelDialog channel={opened.channel} onClose={close} />}
      {opened?.kind === 'delete' && <DeleteChannel channel={opened.channel} onClose={close} />}
    </ListSection>
  );
}

function LastError({ fault, text }: { readonly fault: string | null; readonly text: string }) {
  const toFaultText = useFaultText();
  return <span className="text-negative wrap-anywhere">{toFaultText(fault, text)}</span>;
}

function useChannelColumns(
  mayWrite: boolean,
  open: (opened: Opened) => void,
): ColumnDef<NotificationChannel>[] {
  const text = useMessages('alerts').channels;
  return useMemo<ColumnDef<NotificationChannel>[]>(
    () => [
      {
        id: 'channel',
        header: text.columns.channel,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-1.5">
            <span className="font-medium wrap-anywhere text-ink">{original.name}</span>
            <Badge tone="outline">{text.kinds[original.kind]}</Badge>
            {original.disabledAt !== null && <StatusBadge status="disabled" label={text.off} />}
          </span>
        ),
      },
      {
        id: 'to',
        header: text.columns.to,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Audience channel={row.original} />,
      },
      {
        id: 'when',
        header: text.columns.when,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Times channel={row.original} />,
      },
      {
        id: 'last',
        header: text.columns.last,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.lastError !== null ? (
            <LastError fault={original.lastFault} text={original.lastError} />
          ) : original.lastDeliveredAt === null ? (
            <span className="text-ink-faint">{text.never}</span>
          ) : (
            <TimeStamp value={original.lastDeliveredAt} />
          ),
      },
      actionsColumn((row) => mayWrite && <RowActions channel={row} open={open} />),
    ],
    [text, mayWrite, open],
  );
}

function Audience({ channel }: { readonly channel: NotificationChannel }) {
  const text = useMessages('alerts').channels;
  const roleName = useRoleName();
  if (channel.kind === 'slack') return <code className="font-mono text-xs">{channel.urlHint}</code>;
  const { roles, memberIds, addresses } = channel.recipients;
  return (
    <span className="wrap-anywhere text-ink-soft">
      {[
        ...roles.map(roleName),
        ...(memberIds.length > 0 ? [text.people(memberIds.length)] : []),
        ...addresses,
      ].join(', ')}
    </span>
  );
}

function Times({ channel }: { readonly channel: NotificationChannel }) {
  const text = useMessages('alerts').channels;
  const { digest, digestMinute, digestWeekday, quietFromMinute, quietToMinute } = channel;
  const at = toClock(digestMinute);
  const weekday = text.weekdays[digestWeekday as keyof typeof text.weekdays];
  const parts = [
    ...(digest === 'daily' ? [text.daily(at)] : digest === 'weekly' ? [text.weekly(weekday, at)] : []),
    ...(quietFromMinute !== null && quietToMinute !== null
      ? [text.quiet(toClock(quietFromMinute), toClock(quietToMinute))]
      : []),
  ];
  return <span className="text-ink-soft">{parts.length === 0 ? text.anytime : parts.join(' · ')}</span>;
}

function RowActions({
  channel,
  open,
}: {
  readonly channel: NotificationChannel;
  readonly open: (opened: Opened) => void;
}) {
  const text = useMessages('alerts').channels;
  const toText = useProblemText();
  const locale = useLocale();
  const test = useTestChannel();
  const change = useChangeChannel();
  const disabled = channel.disabledAt !== null;
  const fail = (error: unknown) => void toast.error(toText(error));
  const sendTest = () =>
    test.mutate(channel.id, {
      onSuccess: ({ ok, detail, tookMs }) => {
        if (channel.kind === 'email') {
          if (ok) toast.success(text.testMail(detail));
          else toast.error(text.testNobody);
        } else if (ok) toast.success(text.testOk(formatDuration(tookMs, locale)));
        else toast.error(text.testFailed(detail));
      },
      onError: fail,
    });
  return (
    <span className="inline-flex items-center gap-1">
      <Button
        size="sm"
        loading={test.isPending}
        aria-label={`${text.test}: ${channel.name}`}
        onClick={(event) => {
          event.stopPropagation();
          sendTest();
        }}
      >
        {text.test}
      </Button>
      <RowMenu
        of={channel.name}
        loading={change.isPending}
        entries={[
          { label: text.edit, icon: <Pencil />, onSelect: () => open({ kind: 'edit', channel }) },
          {
            label: disabled ? text.enable : text.disable,
            icon: <Power />,
            onSelect: () => change.mutate({ channel, json: { disabled: !disabled } }, { onError: fail }),
          },
          ...(channel.preset
            ? []
            : [
                {
                  label: text.delete,
                  icon: <Trash2 />,
                  tone: 'danger' as const,
                  onSelect: () => open({ kind: 'delete', channel }),
                },
              ]),
        ]}
      />
    </span>
  );
}

function DeleteChannel({
  channel,
  onClose,
}: {
  readonly channel: NotificationChannel;
  readonly onClose: () => void;
}) {
  const text = useMessages('alerts').channels;
  const remove = useApiMutation<void>(
    () => ({ path: `/notification-channels/${channel.id}`, method: 'DELETE' }),
    {
      invalidates: ['/notification-channels', '/alert-rules', '/roles'],
    },
  );
  const all = useMessages('alerts');
  const rules = useRules();
  const losing = rules.rows.filter(({ channelIds }) => channelIds.includes(channel.id));
  return (
    <ConfirmAction
      title={text.deleteTitle(channel.name)}
      confirmLabel={text.delete}
      run={() => remove.mutateAsync()}
      done={text.deleted}
      onClose={onClose}
    >
      {losing.length > 0 ? (
        <>
          <p>{text.deleteRules(losing.length)}</p>
          <ul className="my-1 list-disc pl-5 text-ink">
            {losing.map((rule) => (
              <li key={rule.id} className="wrap-anywhere">
                {ruleName(rule, all.kinds)}
                {rule.channelIds.length === 1 && <> ({text.toldNobody})</>}
              </li>
            ))}
          </ul>
          {text.deleteWaiting}
        </>
      ) : (
        rules.isComplete && text.deleteText
      )}
    </ConfirmAction>
  );
}
