'use client';
/** The budgets and rate limits that hold for a key or a team, each where it stands, and which one decides. */
import type { AppliedBudget, AppliedRateLimit, Budget } from '@tollgate/api';
import { Badge, Button, Card, Meter, SkeletonText, TimeStamp, Tooltip } from '@tollgate/ui';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { BudgetBadges } from '../budgets/budget-badges.tsx';
import { BudgetBar, StandingBar } from '../budgets/budget-bar.tsx';
import { BudgetForecast } from '../budgets/budget-forecast.tsx';
import { later } from '../common/later.tsx';
import { QueryError, type QueryErrorProps } from '../common/query-error.tsx';
import { DunningBadge } from '../rate-limits/dunning-limit.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useLimitText } from './use-limit-text.ts';

const CreateBudgetDialog = later(
  async () => (await import('../budgets/budget-dialog.tsx')).CreateBudgetDialog,
);
const CreateRateLimitDialog = later(
  async () => (await import('../rate-limits/rate-limit-dialog.tsx')).CreateRateLimitDialog,
);

export interface AppliedBudgetsProps {
  readonly rules: readonly AppliedBudget[] | undefined;
  /** What the rules come from: it is on its way, or was refused. */
  readonly query: QueryErrorProps['query'];
  /** What a budget made here is for. */
  readonly scope: Budget['scope'];
  readonly description: string;
}

export function AppliedBudgets({ rules, query, scope, description }: AppliedBudgetsProps) {
  const text = useMessages('budgets');
  const mayWrite = usePermission('budgets:write');
  const [creating, setCreating] = useState(false);
  return (
    <Card
      title={text.applied.title}
      description={description}
      actions={mayWrite && <AddButton label={text.applied.add} onClick={() => setCreating(true)} />}
    >
      {rules === undefined && <NotRead query={query} />}
      {rules?.length === 0 && <p className="text-sm text-ink-soft">{text.applied.none}</p>}
      {rules && rules.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {rules.map((rule) => (
            <BudgetRow key={rule.budget.id} rule={rule} />
          ))}
        </ul>
      )}
      {creating && <CreateBudgetDialog scope={scope} onClose={() => setCreating(false)} />}
    </Card>
  );
}

function NotRead({ query }: Pick<AppliedBudgetsProps, 'query'>) {
  return query.error === null ? <SkeletonText lines={3} /> : <QueryError query={query} />;
}

function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button size="sm" icon={<Plus />} aria-label={label} onClick={onClick}>
      {useMessages('limits').add}
    </Button>
  );
}

function BudgetRow({ rule: { budget, standing, dependsOn, decides } }: { readonly rule: AppliedBudget }) {
  const text = useMessages('budgets');
  const limits = useMessages('limits');
  const { budgetName, limitMoney } = useLimitText();
  return (
    <li className="flex flex-col gap-1.5 py-2.5 first:pt-0 last:pb-0">
      <span className="flex flex-wrap items-center gap-1.5 text-sm">
        <Link href={`/budgets?open=${budget.id}`} className="font-medium wrap-anywhere hover:underline">
          {budgetName(budget)}
        </Link>
        <BudgetBadges budget={budget} />
        {decides && <Decides label={text.applied.decides} hint={text.applied.decidesHint} />}
        <span className="tabular ml-auto text-xs text-ink-faint">
          {limitMoney(budget.limitUsd)} {limits.perPeriod[budget.period]}
        </span>
      </span>
      {standing === null ? (
        <BudgetBar budget={budget} />
      ) : (
        <>
          <StandingBar amounts={standing} label={text.meter(budgetName(budget))} />
          {standing.forecastExceededAt !== null && (
            <span>
              <BudgetForecast budget={budget} standing={standing} />
            </span>
          )}
        </>
      )}
      {dependsOn && <Depends>{text.applied.dependsOn[dependsOn]}</Depends>}
    </li>
  );
}

function Decides({ label, hint }: { readonly label: string; readonly hint: string }) {
  return (
    <Tooltip content={hint}>
      <span>
        <Badge tone="accent">{label}</Badge>
      </span>
    </Tooltip>
  );
}

function Depends({ children }: { readonly children: ReactNode }) {
  return <span className="text-xs text-ink-faint">{children}</span>;
}

export interface AppliedRateLimitsProps {
  readonly rules: readonly AppliedRateLimit[] | undefined;
  readonly query: QueryErrorProps['query'];
  readonly scope: Budget['scope'];
}

export function AppliedRateLimits({ rules, query, scope }: AppliedRateLimitsProps) {
  const text = useMessages('rateLimits').applied;
  const mayWrite = usePermission('rate-limits:write');
  const [creating, setCreating] = useState(false);
  return (
    <Card
      title={text.title}
      description={text.text}
      actions={mayWrite && <AddButton label={text.add} onClick={() => setCreating(true)} />}
    >
      {rules === undefined && <NotRead query={query} />}
      {rules?.length === 0 && <p className="text-sm text-ink-soft">{text.none}</p>}
      {rules && rules.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {rules.map((rule) => (
            <RateRow key={rule.rateLimit.id} rule={rule} />
          ))}
        </ul>
      )}
      {creating && <CreateRateLimitDialog scope={scope} onClose={() => setCreating(false)} />}
    </Card>
  );
}

function RateRow({ rule }: { readonly rule: AppliedRateLimit }) {
  const { rateLimit, used, remaining, resetsAt, dependsOn, decides } = rule;
  const text = useMessages('rateLimits').applied;
  const { dependsOn: depends } = useMessages('budgets').applied;
  const { rateRule, scopeLabel, number } = useLimitText();
  const share = used === null ? 0 : rateLimit.limit === 0 ? 1 : used / rateLimit.limit;
  return (
    <li className="flex flex-col gap-1.5 py-2.5 first:pt-0 last:pb-0">
      <span className="flex flex-wrap items-center gap-1.5 text-sm">
        <Link href={`/rate-limits?open=${rateLimit.id}`} className="tabular font-medium hover:underline">
          {rateRule(rateLimit)}
        </Link>
        <DunningBadge rule={rateLimit} />
        {decides && <Decides label={text.decides} hint={text.decidesHint} />}
        <span className="ml-auto text-xs wrap-anywhere text-ink-faint">
          {scopeLabel(rateLimit)}
          {rateLimit.model !== null && rateLimit.model !== rateLimit.scope.id && ` · ${rateLimit.model}`}
        </span>
      </span>
      {remaining !== null && (
        <>
          <Meter share={share} label={text.meter(rateRule(rateLimit))} />
          <span className="flex flex-wrap justify-between gap-x-3 text-xs text-ink-faint">
            <span className="tabular">{text.left(number(remaining), number(rateLimit.limit))}</span>
            {resetsAt !== null && (used ?? 0) > 0 && <TimeStamp value={resetsAt} />}
          </span>
        </>
      )}
      {dependsOn && <Depends>{depends[dependsOn]}</Depends>}
    </li>
  );
}
