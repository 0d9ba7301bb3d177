'use client';
/** "Why was this refused?": a sentence with the figures of that moment, and the rule that decided. */
import type { Budget, Key, Member, RateLimit, RequestDetail, ServiceAccount } from '@tollgate/api';
import { Callout, DefinitionList, TimeStamp } from '@tollgate/ui';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { CodeText } from '../common/code-text.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { pageOfError } from '../docs/docs-pages.ts';
import { LearnMore } from '../docs/learn-more.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type Refusal, readRefusal } from './read-refusal.ts';
import { RefusalRemedies } from './refusal-remedies.tsx';
import { describeRefusal, isBudgetCode, ruleHref } from './refusal-sentence.ts';

export function RefusalCard({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').refusal;
  const refusal = readRefusal(request.refusal);
  const code = refusal?.code ?? request.errorCode;
  if (code === '') return null;
  const codes: Readonly<Record<string, string>> = text.codes;
  const page = pageOfError(code);
  return (
    <Callout tone={request.status >= 500 ? 'negative' : 'warning'} title={text.title}>
      {refusal?.ruleId === undefined ? (
        <p>
          {codes[code]} <Code>{code}</Code>
        </p>
      ) : (
        <RuleRefusal refusal={refusal} code={code} ruleId={refusal.ruleId} />
      )}
      {refusal !== undefined && refusal.ruleId === undefined && <PlainFigures refusal={refusal} />}
      {page !== undefined && (
        <p>
          <LearnMore page={page} {...(page === 'errors' && { anchor: code })} />
        </p>
      )}
      <RefusalRemedies requestId={request.id} />
    </Callout>
  );
}

function Code({ children }: { readonly children: string }) {
  return (
    <code className="font-mono text-xs text-ink-faint">
      <CodeText value={children} />
    </code>
  );
}

interface RuleRefusalProps {
  readonly refusal: Refusal;
  readonly code: string;
  readonly ruleId: string;
}

function RuleRefusal({ refusal, code, ruleId }: RuleRefusalProps) {
  const text = useMessages('requests').refusal;
  const limitText = useLimitText();
  const { rule, gone } = useRule(ruleId);
  const who = useValueName(refusal.scope);
  const sentence = describeRefusal({ text, refusal, code, rule, who, words: limitText });
  const href = ruleHref(ruleId);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-pretty">
        {sentence} <Code>{code}</Code>
      </p>
      <RuleFigures refusal={refusal} code={code} who={who} />
      {href !== undefined && (
        <p>
          {gone ? (
            <span className="text-ink-faint">{text.ruleGone}</span>
          ) : (
            <Link href={href} className="font-medium text-accent-ink hover:underline">
              {isBudgetCode(code) ? text.openBudget : text.openLimit}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}

/** The rule as it is today: it may have changed since, or be gone. */
function useRule(ruleId: string): { rule: Budget | RateLimit | undefined; gone: boolean } {
  const isBudget = ruleId.startsWith('bud_');
  const mayRead = usePermission(isBudget ? 'budgets:read' : 'rate-limits:read');
  const path = isBudget ? '/budgets' : '/rate-limits';
  const rule = useApiQuery<Budget | RateLimit>(
    mayRead ? `${path}/${encodeURIComponent(ruleId)}` : undefined,
    { retry: false },
  );
  return { rule: rule.data, gone: rule.error?.status === 404 };
}

/** What the value is called under which the request fell. */
function useValueName(scope: Refusal['scope']): string | undefined {
  const limits = useMessages('limits');
  const mayReadKeys = usePermission('keys:read');
  const mayReadMembers = usePermission('members:read');
  const mayReadAccounts = usePermission('service-accounts:read');
  const teamName = useTeamNames([scope?.type === 'team' ? scope.id : undefined]);
  const idPath = encodeURIComponent(scope?.id ?? '');
  const isMember = scope?.type === 'member' && scope.id !== undefined && mayReadMembers;
  const member = useApiQuery<Member>(isMember ? `/members/${idPath}` : undefined, { retry: false }).data;
  const isAccount = scope?.type === 'serviceAccount' && scope.id !== undefined && mayReadAccounts;
  const account = useApiQuery<ServiceAccount>(isAccount ? `/service-accounts/${idPath}` : undefined, {
    retry: false,
  }).data;
  // Of a key that was only ever refused, no usage report knows the name.
  const isKey = scope?.type === 'key' && scope.id !== undefined && mayReadKeys;
  const key = useApiQuery<Key>(isKey ? `/keys/${idPath}` : undefined, {
    retry: false,
  }).data;
  if (scope === undefined) return undefined;
  if (scope.type === 'organization') return limits.wholeOrganization;
  const id = scope.id ?? '';
  const name =
    scope.name ??
    {
      team: teamName(id) === '…' ? undefined : teamName(id),
      key: key?.name,
      member: member?.name || member?.email,
      serviceAccount: account?.name,
    }[scope.type] ??
    id;
  const types: Readonly<Record<string, string>> = limits.scopeTypes;
  return [types[scope.type] ?? scope.type, name].join(' ');
}

function RuleFigures({
  refusal,
  code,
  who,
}: {
  readonly refusal: Refusal;
  readonly code: string;
  readonly who: string | undefined;
}) {
  const text = useMessages('requests').refusal;
  const { money, limitMoney, number } = useLimitText();
  const figure = (value: string) => {
    if (isBudgetCode(code)) return money(value);
    return /^\d+$/.test(value) ? number(Number(value)) : value;
  };
  const items: { term: string; value: ReactNode }[] = [];
  const add = (term: string, value: ReactNode) => {
    if (value !== undefined) items.push({ term, value });
  };
  add(text.scope, who);
  add(text.limit, refusal.limit && (isBudgetCode(code) ? limitMoney(refusal.limit) : figure(refusal.limit)));
  add(text.used, refusal.used && figure(refusal.used));
  add(text.requested, refusal.requested && figure(refusal.requested));
  add(text.resets, refusal.resetsAt && <TimeStamp value={refusal.resetsAt} format="exact" />);
  add(text.rule, refusal.ruleId && <code className="font-mono text-xs">{refusal.ruleId}</code>);
  return <DefinitionList className="tabular" items={items} />;
}

function PlainFigures({ refusal }: { readonly refusal: Refusal }) {
  const text = useMessages('requests').refusal;
  const items: { term: string; value: ReactNode }[] = [];
  const add = (term: string, value: ReactNode) => {
    if (value !== undefined) items.push({ term, value });
  };
  add(text.scope, refusal.scope && [refusal.scope.type, refusal.scope.name ?? refusal.scope.id].join(' '));
  add(text.limit, refusal.limit);
  add(text.used, refusal.used);
  add(text.requested, refusal.requested);
  add(text.resets, refusal.resetsAt && <TimeStamp value={refusal.resetsAt} />);
  add(text.source, refusal.source && text.sources[refusal.source]);
  if (items.length === 0) return null;
  return <DefinitionList className="mt-1" items={items} />;
}
