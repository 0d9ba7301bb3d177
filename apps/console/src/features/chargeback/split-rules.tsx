'use client';
/** Rules by which shared keys are divided: in force, to come, and past. A rule is never edited: the next one ends it. */
import type { CostSplit } from '@tollgate/api';
import { Badge, type BadgeTone, Button, type ColumnDef } from '@tollgate/ui';
import { Split } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ListSection } from '../common/list-section.tsx';
import { middleOf } from '../common/month-select.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { idOf } from '../common/use-list-props.ts';
import { SPLITS_PATH, type SplitShare, STALE_AFTER_SPLIT } from './chargeback-api.ts';
import { monthOf, nextMonths } from './split-form-values.ts';

const TONE: Readonly<Record<CostSplit['state'], BadgeTone>> = {
  'in-force': 'positive',
  scheduled: 'info',
  past: 'neutral',
};
export interface SplitRulesProps {
  /** Makes the next rule of a key; undefined: not allowed. */
  readonly onState: ((before: CostSplit | undefined) => void) | undefined;
}

export function SplitRules({ onState }: SplitRulesProps) {
  const text = useMessages('chargeback').rules;
  const rules = useApiList<CostSplit>(SPLITS_PATH);
  const [ending, setEnding] = useState<CostSplit>();
  const columns = useColumns(rules.rows, onState, setEnding);
  return (
    <ListSection
      text={text.text}
      caption={text.title}
      columns={columns}
      rows={rules.rows}
      getRowId={idOf}
      list={rules}
      empty={{
        icon: <Split />,
        title: text.emptyTitle,
        text: text.emptyText,
        action: onState && <Button onClick={() => onState(undefined)}>{text.state}</Button>,
      }}
    >
      {ending !== undefined && <EndDialog rule={ending} onClose={() => setEnding(undefined)} />}
    </ListSection>
  );
}

/** `November 2026`. */
export function useMonthName(): (month: string) => string {
  const locale = useLocale();
  return useMemo(() => {
    const names = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    return (month) => names.format(new Date(middleOf(month)));
  }, [locale]);
}

/** From this month on, or from the rule's own where that is to come. */
function EndDialog({ rule, onClose }: { readonly rule: CostSplit; readonly onClose: () => void }) {
  const text = useMessages('chargeback').rules;
  const nameOf = useMonthName();
  const [running = ''] = nextMonths(new Date(), 1);
  const month = rule.state === 'scheduled' ? monthOf(rule.validFrom) : running;
  const end = useApiMutation<unknown>(
    () => ({ path: SPLITS_PATH, json: { keyId: rule.keyId, at: middleOf(month), shares: [] } }),
    { invalidates: STALE_AFTER_SPLIT },
  );
  return (
    <ConfirmAction
      title={text.endTitle(rule.keyName)}
      confirmLabel={text.end}
      run={() => end.mutateAsync()}
      done={text.ended(rule.keyName)}
      onClose={onClose}
    >
      {text.endText(nameOf(month))}
    </ConfirmAction>
  );
}

function useColumns(
  rules: readonly CostSplit[],
  onState: SplitRulesProps['onState'],
  onEnd: (rule: CostSplit) => void,
): ColumnDef<CostSplit>[] {
  const text = useMessages('chargeback').rules;
  const nameOf = useMonthName();
  const placeName = usePlaceName(rules.flatMap(({ shares }) => shares));
  const locale = useLocale();
  return useMemo<ColumnDef<CostSplit>[]>(() => {
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
    return [
      {
        id: 'key',
        header: text.key,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.keyName}</span>
            <span className="text-xs text-ink-faint sm:hidden">{nameOf(monthOf(original.validFrom))}</span>
          </span>
        ),
      },
      {
        id: 'from',
        header: text.from,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => (
          <span className="whitespace-nowrap">{nameOf(monthOf(original.validFrom))}</span>
        ),
      },
      {
        id: 'shares',
        header: text.shares,
        enableSorting: false,
        cell: ({ row: { original } }) =>
          original.shares.length === 0 ? (
            <span className="text-ink-soft">{text.undivided}</span>
          ) : (
            <ul className="tabular flex flex-col">
              {original.shares.map((share) => (
                <li key={`${share.teamId} ${share.costCenter}`}>
                  {percent.format(share.shareBasisPoints / 10_000)} {placeName(share)}
                </li>
              ))}
            </ul>
          ),
      },
      {
        id: 'state',
        header: text.stateColumn,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <Badge tone={TONE[original.state]}>{text.states[original.state]}</Badge>
        ),
      },
      {
        id: 'actions',
        header: () => <span className="sr-only">{text.next}</span>,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row: { original } }) =>
          onState !== undefined &&
          original.state !== 'past' && (
            <span className="inline-flex flex-wrap justify-end gap-2">
              <Button size="sm" onClick={() => onState(original)}>
                {text.next}
              </Button>
              {original.shares.length > 0 && (
                <Button size="sm" variant="ghost" onClick={() => onEnd(original)}>
                  {text.end}
                </Button>
              )}
            </span>
          ),
      },
    ];
  }, [text, locale, nameOf, placeName, onState, onEnd]);
}

/** A team, a cost centre, or both. */
export function usePlaceName(
  places: readonly Pick<SplitShare, 'teamId'>[],
): (place: Pick<SplitShare, 'teamId' | 'costCenter'>) => string {
  const text = useMessages('chargeback');
  const teamName = useTeamNames(places.map(({ teamId }) => teamId));
  return useMemo(
    () =>
      ({ teamId, costCenter }) => {
        const team = teamId === '' ? '' : teamName(teamId);
        return [team, costCenter].filter((part) => part !== '').join(' · ') || text.noTeam;
      },
    [teamName, text],
  );
}
