'use client';
/** What the explorer asks, read from its address: the query, the range, the columns, the view. */
import type { SavedView } from '@tollgate/api';
import { useNowMs } from '@tollgate/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type ExplorerRange, readRange } from './explorer-range.ts';
import { toAddress, type ViewQuestion } from './saved-view-types.ts';

const REFRESH_MS = 60_000;

export interface ExplorerState {
  /** False until it is known whether a view is to be opened. */
  readonly ready: boolean;
  readonly q: string;
  readonly range: ExplorerRange;
  readonly live: boolean;
  readonly columns: readonly string[] | undefined;
  readonly views: readonly SavedView[];
  readonly view: SavedView | undefined;
  readonly question: ViewQuestion;
  readonly openView: (view: SavedView | undefined) => void;
  /** Counts the relative range from now. */
  readonly renew: () => void;
}

const PARAMETERS = ['q', 'range', 'from', 'to', 'cols', 'view', 'open', 'live'] as const;

export function useExplorer(): ExplorerState {
  const url = useUrlState();
  const [nowMs, setNowMs] = useState(useNowMs());
  const allowed = usePermission('requests:read');
  const saved = useApiQuery<{ readonly data: readonly SavedView[] }>(allowed ? '/saved-views' : undefined, {
    staleTime: REFRESH_MS,
  });
  const views = saved.data?.data ?? [];
  const [isBare] = useState(() => PARAMETERS.every((name) => url.get(name) === undefined));
  const started = useRef(!isBare);
  const settled = !isBare || saved.data !== undefined || saved.error !== null;
  const own = settled ? views.find(({ isDefault }) => isDefault) : undefined;
  const openView = (view: SavedView | undefined) => {
    const empty = { q: undefined, range: undefined, from: undefined, to: undefined, cols: undefined };
    url.set({ ...empty, ...(view && toAddress(view.question)), view: view?.id });
  };
  useEffect(() => {
    // Once, where the address says nothing: whoever comes without a question gets their own start.
    if (started.current || !settled) return;
    started.current = true;
    if (own !== undefined) url.set({ ...toAddress(own.question), view: own.id });
  });
  const q = url.get('q') ?? '';
  const parameters = { range: url.get('range'), from: url.get('from'), to: url.get('to') };
  const range = useMemo(
    () => readRange(parameters, nowMs),
    [parameters.range, parameters.from, parameters.to, nowMs],
  );
  const columns = url
    .get('cols')
    ?.split(',')
    .filter((name) => /^[a-zA-Z]{1,40}$/.test(name));
  const isCustom = range.name === 'custom';
  return {
    ready: settled && (started.current || own === undefined),
    q,
    range,
    live: url.get('live') === '1' && !isCustom,
    columns,
    views,
    view: views.find(({ id }) => id === url.get('view')),
    question: {
      q,
      range: range.name,
      from: isCustom ? range.from : null,
      to: isCustom ? (range.to ?? null) : null,
      columns: columns === undefined ? null : [...columns],
    },
    openView,
    renew: () => setNowMs(Date.now()),
  };
}
