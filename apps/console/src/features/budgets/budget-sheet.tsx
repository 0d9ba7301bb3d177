'use client';
/** One budget beside the list: where it stands, what its rule is, and who used it. */
import type { Budget } from '@tollgate/api';
import {
  classNames,
  DefinitionList,
  formatPercent,
  Meter,
  Money,
  Sheet,
  SkeletonText,
  TimeStamp,
  Tooltip,
} from '@tollgate/ui';
import { WalletMinimal } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { MissingRule, ruleHistoryHref } from '../limits/rule-history.tsx';
import { ScopeCell } from '../limits/scope-cell.tsx';
import { budgetPrecision, isEach, useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { BudgetButtons, type OpenedAction } from './budget-actions.tsx';
import { BudgetBadges } from './budget-badges.tsx';
import { useForecastSentence } from './budget-forecast.tsx';
import { isZero, worstShares } from './budget-standing.ts';
import { BudgetValues } from './budget-values.tsx';
import { OperatorNotice } from './operator-budget.tsx';

export interface BudgetSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
  readonly onAction: (opened: OpenedAction) => void;
}

export function BudgetSheet({ id, onClose, onAction }: BudgetSheetProps) {
  const { budgetName } = useLimitText();
  const budget = useBudget(id).data;
  return (
    <Sheet
      open={id !== undefined}
      onClose={onClose}
      title={
        budget ? (
          <span className="flex flex-wrap items-center gap-2">
            {budgetName(budget)}
            <BudgetBadges budget={budget} />
          </span>
        ) : (
          '…'
        )
      }
      footer={id !== undefined && <ShowApiCall path={`/budgets/${id}`} />}
    >
      {id !== undefined && <BudgetContent id={id} onAction={onAction} />}
    </Sheet>
  );
}

const REFRESH_MS = 5_000;

function useBudget(id: string | undefined) {
  return useApiQuery<Budget>(id && `/budgets/${encodeURIComponent(id)}`, {
    refetchInterval: ({ state }) => (state.error === null ? REFRESH_MS : false),
  });
}

interface BudgetContentProps {
  readonly id: string;
  readonly onAction: (opened: OpenedAction) => void;
}

function BudgetContent({ id, onAction }: BudgetContentProps) {
  const text = useMessages('budgets').sheet;
  const budget = useBudget(id);
  if (budget.data !== undefined) return <BudgetDetails budget={budget.data} onAction={onAction} />;
  if (budget.error === null) return <SkeletonText lines={8} />;
  return (
    <QueryError
      query={budget}
      missing={<MissingRule kind="budget" id={id} icon={<WalletMinimal />} text={text} />}
    />
  );
}

function BudgetDetails({
  budget,
  onAction,
}: Pick<BudgetContentProps, 'onAction'> & { readonly budget: Budget }) {
  const mayWrite = usePermission('budgets:write');
  const sentence = useForecastSentence();
  const each = isEach(budget);
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-3">
        <Health budget={budget} each={each} />
        {budget.state === 'active' && <p className="text-sm text-ink-soft">{sentence(budget)}</p>}
        <OperatorNotice budget={budget} />
        {mayWrite && budget.setBy !== 'operator' && <BudgetButtons budget={budget} onChoose={onAction} />}
      </section>
      {each && <BudgetValues budget={budget} onAction={mayWrite ? onAction : undefined} />}
      <Rule budget={budget} />
    </div>
  );
}

function Health({ budget, each }: { readonly budget: Budget; readonly each: boolean }) {
  const text = useMessages('budgets');
  const locale = useLocale();
  const { budgetName, money, limitMoney } = useLimitText();
  const shares = worstShares(budget, each);
  return (
    <>
      <div className="relative pb-4">
        <Meter
          share={shares.spent}
          heldShare={shares.held}
          label={text.meter(budgetName(budget))}
          className={classNames('h-2.5', budget.state === 'paused' && 'opacity-50')}
        />
        {budget.thresholds
          .filter((share) => share < 100)
          .map((share) => (
            <span
              key={share}
              aria-hidden
              className="absolute top-0 flex -translate-x-1/2 flex-col items-center"
              style={{ left: `${share}%` }}
            >
              <span className="h-2.5 w-px bg-line-strong" />
              <span className="tabular text-2xs text-ink-faint">{formatPercent(share / 100, locale)}</span>
            </span>
          ))}
      </div>
      {each ? (
        <p className="text-sm text-ink">
          {budget.valueCount === 0
            ? text.perValueNone(limitMoney(budget.limitUsd))
            : text.perValue(budget.valueCount, money(budget.remainingUsd), limitMoney(budget.periodLimitUsd))}
        </p>
      ) : (
        <dl className="grid grid-cols-3 gap-3">
          <Figure swatch="bg-accent" term={text.settled}>
            <Money value={budget.spentUsd} precision={budgetPrecision(budget.spentUsd)} />
          </Figure>
          <Figure swatch="bg-accent opacity-40" term={text.inFlight} hint={text.inFlightHint}>
            <Money value={budget.heldUsd} precision={budgetPrecision(budget.heldUsd)} />
          </Figure>
          <Figure swatch="bg-neutral-soft border border-line-strong" term={text.remaining}>
            <Money value={budget.remainingUsd} precision={budgetPrecision(budget.remainingUsd)} />
          </Figure>
        </dl>
      )}
      <AssumedPart budget={budget} />
    </>
  );
}

/** The part of what is spent that nobody can tell yet. */
function AssumedPart({ budget }: { readonly budget: Budget }) {
  const text = useMessages('budgets').sheet;
  const { money } = useLimitText();
  if (isZero(budget.assumedUsd)) return null;
  return (
    <p className="flex flex-col gap-0.5 text-xs">
      <span className="tabular font-medium text-warning">{text.assumed(money(budget.assumedUsd))}</span>
      <span className="text-ink-faint">{text.assumedHint}</span>
    </p>
  );
}

interface FigureProps {
  readonly swatch: string;
  readonly term: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Figure({ swatch, term, hint, children }: FigureProps) {
  const label = (
    <span className="flex items-center gap-1.5 text-xs text-ink-faint">
      <span aria-hidden className={classNames('size-2 rounded-xs', swatch)} />
      {term}
    </span>
  );
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <dt>
        {hint === undefined ? (
          label
        ) : (
          <Tooltip content={<span className="block max-w-64">{hint}</span>}>{label}</Tooltip>
        )}
      </dt>
      <dd className="text-lg font-semibold text-ink">{children}</dd>
    </div>
  );
}

function Rule({ budget }: { readonly budget: Budget }) {
  const text = useMessages('budgets');
  const limits = useMessages('limits');
  const locale = useLocale();
  const { limitMoney } = useLimitText();
  const mayReadAudit = usePermission('audit:read');
  const amount = `${limitMoney(budget.limitUsd)} ${limits.perPeriod[budget.period]}`;
  const carries = budget.periodLimitUsd !== budget.limitUsd;
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold text-ink">{text.sheet.rule}</h3>
      <DefinitionList
        items={[
          { term: limits.scope, value: <ScopeCell rule={budget} /> },
          { term: text.form.limit, value: amount },
          ...(carries
            ? [
                {
                  term: text.sheet.period,
                  value: text.sheet.includesCarried(limitMoney(budget.periodLimitUsd)),
                },
              ]
            : []),
          ...(budget.resetsAt === null
            ? []
            : [
                { term: text.sheet.since, value: <TimeStamp value={budget.periodStart} format="exact" /> },
                { term: text.sheet.resets, value: <TimeStamp value={budget.resetsAt} format="exact" /> },
              ]),
          {
            term: text.sheet.onExceeded,
            value:
              budget.kind === 'soft'
                ? text.warnOnly
                : budget.onExceeded === 'refuse'
                  ? text.refuse
                  : text.routeTo(budget.onExceeded.model),
          },
          {
            term: text.sheet.thresholds,
            value:
              budget.thresholds.map((share) => formatPercent(share / 100, locale)).join(', ') || text.never,
          },
          {
            term: text.sheet.carryOver,
            value: !budget.carryOver
              ? text.sheet.no
              : text.sheet.carryOverCap(limitMoney(budget.carryOverCapUsd ?? budget.limitUsd)),
          },
          { term: text.sheet.id, value: <code className="font-mono text-xs">{budget.id}</code> },
        ]}
      />
      {mayReadAudit && (
        <Link
          href={ruleHistoryHref('budget', budget.id)}
          className="mt-3 inline-block text-sm text-accent-ink hover:underline"
        >
          {text.sheet.history}
        </Link>
      )}
    </section>
  );
}
