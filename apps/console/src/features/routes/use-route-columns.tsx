'use client';
import type { Route } from '@tollgate/api';
import { Badge, type ColumnDef, StatusBadge, TimeStamp, Tooltip } from '@tollgate/ui';
import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { type OpenedAction, RouteMenu } from './route-actions.tsx';
import { pathOfRoute } from './route-api.ts';
import type { Target } from './route-types.ts';
import { ShareBar, ShareDot } from './share-bar.tsx';

const SHOWN_TARGETS = 3;

export function useRouteColumns(onAction: (opened: OpenedAction) => void): ColumnDef<Route>[] {
  const text = useMessages('routes');
  return useMemo<ColumnDef<Route>[]>(
    () => [
      {
        id: 'name',
        header: text.columns.name,
        accessorKey: 'name',
        meta: { fixed: true },
        cell: ({ row }) => <Name route={row.original} />,
      },
      {
        id: 'targets',
        header: text.columns.targets,
        enableSorting: false,
        meta: { className: 'w-2/5 sm:w-80', fixed: true },
        cell: ({ row }) => <Targets route={row.original} />,
      },
      {
        id: 'rules',
        header: text.columns.rules,
        accessorFn: ({ rules }) => rules.length,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.problem !== null ? null : (
            <span className="flex flex-col">
              <span>{text.rules(original.rules.length)}</span>
              <span className="text-xs text-ink-faint">
                {text.conditions(original.rules.reduce((sum, { when }) => sum + when.length, 0))}
              </span>
            </span>
          ),
      },
      {
        id: 'fallbacks',
        header: text.columns.fallbacks,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Fallbacks targets={row.original.fallbacks} />,
      },
      {
        id: 'updated',
        header: text.columns.updated,
        accessorKey: 'updatedAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.updatedAt} />,
      },
      actionsColumn((route) => <RouteMenu route={route} onChoose={onAction} />, 'narrow'),
    ],
    [text, onAction],
  );
}

function Name({ route }: { readonly route: Route }) {
  const text = useMessages('routes');
  const problems = [...route.rules.flatMap(({ targets }) => targets), ...route.fallbacks].filter(
    ({ problem }) => problem !== null && problem !== undefined,
  ).length;
  return (
    <span className="flex flex-col items-start gap-0.5">
      <span className="flex flex-wrap items-center gap-1.5">
        <Link
          href={pathOfRoute(route.id)}
          className="font-mono text-xs font-medium wrap-anywhere text-ink hover:underline"
          onClick={(event) => event.stopPropagation()}
        >
          {route.name}
        </Link>
        {!route.isEnabled && <StatusBadge status="disabled" label={text.states.disabled} />}
        {route.problem === 'unreadable' && (
          <Tooltip content={text.unreadableText}>
            <Badge tone="negative" dot>
              {text.unreadable}
            </Badge>
          </Tooltip>
        )}
        {problems > 0 && (
          <Tooltip content={text.hasProblems(problems)}>
            <span className="text-warning">
              <TriangleAlert aria-label={text.hasProblems(problems)} className="size-4" />
            </span>
          </Tooltip>
        )}
      </span>
      {route.description && (
        <span className="line-clamp-2 text-xs wrap-anywhere text-ink-faint">{route.description}</span>
      )}
    </span>
  );
}

/** Those of the rule that answers what no other does; they are what most requests meet. */
function Targets({ route }: { readonly route: Route }) {
  const text = useMessages('routes');
  if (route.problem !== null) return <span className="text-ink-faint">–</span>;
  const { targets } = route.rules.findLast(({ when }) => when.length === 0) ??
    route.rules[0] ?? { targets: [] };
  const sum = targets.reduce((all, { weight }) => all + (weight ?? 0), 0);
  const parts = targets.map(({ model, weight }, place) => ({
    name: model,
    share: sum === 0 ? Number(place === 0) : (weight ?? 0) / sum,
  }));
  return (
    <span className="flex flex-col gap-1.5">
      <ShareBar parts={parts} />
      <span className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-ink-soft">
        {parts.slice(0, SHOWN_TARGETS).map(({ name }, place) => (
          <span key={place} className="inline-flex min-w-0 items-center gap-1.5">
            <ShareDot place={place} />
            <span className="wrap-anywhere">{name}</span>
          </span>
        ))}
        {parts.length > SHOWN_TARGETS && (
          <span className="text-ink-faint">{text.moreTargets(parts.length - SHOWN_TARGETS)}</span>
        )}
      </span>
    </span>
  );
}

function Fallbacks({ targets }: { readonly targets: readonly Target[] }) {
  const text = useMessages('routes');
  const [first] = targets;
  if (first === undefined) return <span className="text-ink-faint">{text.noFallbacks}</span>;
  return (
    <span className="flex flex-col text-xs">
      <span className="wrap-anywhere text-ink-soft">{first.model}</span>
      {targets.length > 1 && <span className="text-ink-faint">{text.moreTargets(targets.length - 1)}</span>}
    </span>
  );
}
