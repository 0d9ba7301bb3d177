'use client';
/** What can be done with a route: a menu, and the questions that it opens. */
import type { Route } from '@tollgate/api';
import { formatNumber, type MenuEntry, toast, useNowMs } from '@tollgate/ui';
import { Copy, PanelRightOpen, Power, ScrollText, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import type { RequestsSummary } from '../requests/summary-types.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { pathOfRoute, useChangeRoute, useDeleteRoute } from './route-api.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

export interface OpenedAction {
  readonly action: 'disable' | 'delete';
  readonly route: Route;
}

export interface RouteMenuProps {
  readonly route: Route;
  /** On its own page there is nothing to open. */
  readonly isOpen?: boolean;
  readonly onChoose: (opened: OpenedAction) => void;
}

export function RouteMenu({ route, isOpen = false, onChoose }: RouteMenuProps) {
  const text = useMessages('routes').actions;
  const mayWrite = usePermission('routes:write');
  const mayReadRequests = usePermission('requests:read');
  const toText = useProblemText();
  const change = useChangeRoute();
  const enable = () =>
    change.mutate(
      { route, json: { isEnabled: true } },
      {
        onSuccess: () => void toast.success(text.enabled(route.name)),
        onError: (error) => void toast.error(toText(error)),
      },
    );
  const open: MenuEntry = {
    label: text.open,
    icon: <PanelRightOpen />,
    link: <Link href={pathOfRoute(route.id)} />,
  };
  const requests: MenuEntry = {
    label: text.requests,
    icon: <ScrollText />,
    link: <Link href={withQuery('/requests', { q: `route:${route.id}`, range: 'week' })} />,
  };
  const changes: readonly MenuEntry[] = [
    // Of what cannot be read there is nothing to begin with.
    ...(route.problem === null
      ? [
          {
            label: text.duplicate,
            icon: <Copy />,
            link: <Link href={`/routes/new?from=${encodeURIComponent(route.id)}`} />,
          },
        ]
      : []),
    route.isEnabled
      ? { label: text.disable, icon: <Power />, onSelect: () => onChoose({ action: 'disable', route }) }
      : { label: text.enable, icon: <Power />, onSelect: enable },
    { kind: 'separator' },
    {
      label: text.delete,
      icon: <Trash2 />,
      tone: 'danger',
      onSelect: () => onChoose({ action: 'delete', route }),
    },
  ];
  const entries = [
    ...(isOpen ? [] : [open]),
    ...(mayReadRequests ? [requests] : []),
    ...(mayWrite ? changes : []),
  ];
  return entries.length === 0 ? null : (
    <RowMenu of={route.name} loading={change.isPending} entries={entries} />
  );
}

/** Who would be touched: what went by it in a week. */
function RouteUse({ route }: { readonly route: Route }) {
  const text = useMessages('routes').actions;
  const locale = useLocale();
  const nowMs = useNowMs();
  const mayRead = usePermission('requests:read');
  const from = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS - WEEK_MS).toISOString();
  const { data } = useApiQuery<RequestsSummary>(
    withQuery('/requests/summary', { q: `route:${route.id}`, from }),
    { enabled: mayRead },
  );
  if (!mayRead) return null;
  const count = formatNumber(data?.matched ?? 0, locale);
  return (
    <p role="status" className="mb-1 font-medium text-ink">
      {data === undefined
        ? text.looking
        : data.lookedTo !== null
          ? text.usedAtLeast(count)
          : data.matched === 0
            ? text.unused
            : text.used(count)}
    </p>
  );
}

export interface RouteActionDialogProps {
  readonly opened: OpenedAction;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

export function RouteActionDialog({ opened: { action, route }, onClose, onDeleted }: RouteActionDialogProps) {
  const text = useMessages('routes').actions;
  const change = useChangeRoute();
  const remove = useDeleteRoute();
  const { name } = route;
  const after = route.shadowsModel ? text.toModel(name) : text.toNothing(name);
  return action === 'disable' ? (
    <ConfirmAction
      title={text.disableTitle(name)}
      confirmLabel={text.disable}
      run={() => change.mutateAsync({ route, json: { isEnabled: false } })}
      done={text.disabled(name)}
      onClose={onClose}
    >
      <RouteUse route={route} />
      <p>{after}</p>
    </ConfirmAction>
  ) : (
    <ConfirmAction
      title={text.deleteTitle(name)}
      confirmLabel={text.delete}
      tone="danger"
      confirmName={name}
      run={() => remove.mutateAsync(route)}
      done={text.deleted(name)}
      onDone={onDeleted}
      onClose={onClose}
    >
      <RouteUse route={route} />
      <p>
        {route.isEnabled && `${after} `}
        {text.keepsHistory}
      </p>
    </ConfirmAction>
  );
}
