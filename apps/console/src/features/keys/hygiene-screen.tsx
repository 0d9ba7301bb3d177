'use client';
/** Keys that could go wrong unnoticed: figures, the keys behind them, and what to do with many at once. */
import type { ListedKey } from '@tollgate/api';
import { Callout, DataTable, EmptyState, Input, PageHeader, StatCard, Tabs } from '@tollgate/ui';
import { ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { TeamFilter } from '../common/team-filter.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { BulkActions } from './bulk-actions.tsx';
import { KeysCsv } from './keys-csv.tsx';
import { useKeyColumns } from './use-key-columns.tsx';

const OrganizationKeyRules = later(async () => (await import('./key-rules-form.tsx')).OrganizationKeyRules);

const FINDINGS = ['noBudget', 'noRateLimit', 'neverExpires', 'idle', 'ownerLeft', 'notRotated'] as const;
type Finding = (typeof FINDINGS)[number];
const WITH_DAYS: readonly Finding[] = ['idle', 'notRotated'];
const USUAL_DAYS = 90;
const FILTERS = ['q', 'team'] as const;

interface FindingCount {
  readonly kind: Finding;
  readonly count: number;
  readonly more: boolean;
  readonly lookedAt: number | null;
}

export function HygieneScreen() {
  const text = useMessages('hygiene');
  const keys = useMessages('keys');
  const url = useUrlState();
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="keys" href="/keys">
            {keys.title}
          </Link>,
          text.title,
        ]}
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={hygienePath(url)} />}
      />
      <Guarded permission="keys:read">
        <Tabs
          aria-label={text.title}
          value={url.get('tab') === 'rules' ? 'rules' : 'findings'}
          onValueChange={(tab) => url.set({ tab: tab === 'rules' ? tab : undefined })}
          items={[
            { value: 'findings', label: text.tabs.findings, content: <Findings /> },
            { value: 'rules', label: text.tabs.rules, content: <OrganizationKeyRules /> },
          ]}
        />
      </Guarded>
    </>
  );
}

function daysOf(url: UrlState): number {
  const days = Number(url.get('days'));
  return Number.isInteger(days) && days >= 1 && days <= 3_650 ? days : USUAL_DAYS;
}

function hygienePath(url: UrlState): string {
  const days = daysOf(url);
  return withQuery('/keys/hygiene', { idleDays: days, rotatedDays: days });
}

function Findings() {
  const text = useMessages('hygiene');
  const toText = useProblemText();
  const url = useUrlState();
  const { number } = useLimitText();
  const days = daysOf(url);
  const hygiene = useApiQuery<{ data: readonly FindingCount[] }>(hygienePath(url), {
    placeholderData: (before) => before,
  });
  const countOf = (kind: Finding) => hygiene.data?.data.find((one) => one.kind === kind);
  const chosen =
    FINDINGS.find((kind) => kind === url.get('finding')) ??
    FINDINGS.find((kind) => (countOf(kind)?.count ?? 0) > 0);
  const hintOf = (kind: Finding): string => {
    const hint = text.hints[kind];
    return typeof hint === 'function' ? hint(days) : hint;
  };
  return (
    <div className="flex flex-col gap-5 pt-4">
      {hygiene.error && <Callout tone="negative">{toText(hygiene.error)}</Callout>}
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 2xl:grid-cols-6">
        {FINDINGS.map((kind) => {
          const found = countOf(kind);
          const figure =
            found === undefined ? '–' : found.more ? text.atLeast(number(found.count)) : number(found.count);
          return (
            <button
              key={kind}
              type="button"
              aria-pressed={kind === chosen}
              className="rounded-lg text-left outline-offset-2 aria-pressed:outline-2 aria-pressed:outline-accent"
              onClick={() => url.set({ finding: kind })}
            >
              <StatCard
                className="h-full hover:border-line-strong"
                label={text.findings[kind]}
                value={figure}
                hint={found?.lookedAt ? text.lookedAt(number(found.lookedAt)) : hintOf(kind)}
                loading={hygiene.isLoading}
              />
            </button>
          );
        })}
      </div>
      {chosen !== undefined && <FoundKeys key={chosen} finding={chosen} days={days} />}
      {chosen === undefined && hygiene.data !== undefined && (
        <EmptyState icon={<ShieldCheck />} title={text.fineTitle}>
          {text.fineText}
        </EmptyState>
      )}
    </div>
  );
}

function FoundKeys({ finding, days }: { readonly finding: Finding; readonly days: number }) {
  const text = useMessages('hygiene');
  const go = useGo();
  const url = useUrlState();
  const mayWrite = usePermission('keys:write');
  const path = foundPath(url, finding, days);
  const keys = useApiList<ListedKey>(path);
  const listProps = useListProps();
  const columns = useKeyColumns(keys.rows);
  return (
    <section className="flex flex-col gap-3">
      <p className="max-w-3xl text-sm text-ink-soft">{text.what[finding]}</p>
      <DataTable
        caption={text.findings[finding]}
        columns={columns}
        rows={keys.rows}
        getRowId={idOf}
        {...listProps(keys)}
        columnChoice
        rememberAs={`key-hygiene-${finding}`}
        initialColumnVisibility={{
          created: false,
          hint: false,
          tags: false,
          rotated: finding === 'notRotated',
        }}
        onRowClick={({ id }) => go(`/keys/${id}`)}
        toolbar={
          <>
            <FoundFilters />
            {WITH_DAYS.includes(finding) && <DaysField days={days} />}
            <span className="ml-auto">
              <KeysCsv path={path} />
            </span>
          </>
        }
        {...(mayWrite && {
          canSelect: ({ mayManage }: ListedKey) => mayManage,
          bulkActions: (rows: readonly ListedKey[], clear: () => void) => (
            <BulkActions keys={rows} onDone={clear} />
          ),
        })}
        empty={
          FILTERS.some((name) => url.get(name) !== undefined) ? (
            <NothingMatches onClear={() => url.set({ q: undefined, team: undefined })} />
          ) : (
            <EmptyState icon={<ShieldCheck />} title={text.fineTitle}>
              {text.fineText}
            </EmptyState>
          )
        }
      />
    </section>
  );
}

/** The keys behind a finding, as the address filters them. */
function foundPath(url: UrlState, finding: Finding, days: number): string {
  const sort = finding === 'idle' ? 'lastUsed' : finding === 'notRotated' ? 'rotated' : undefined;
  return withQuery('/keys', {
    limit: 50,
    finding,
    q: url.get('q'),
    teamId: url.get('team'),
    ...(WITH_DAYS.includes(finding) && { idleDays: days, rotatedDays: days }),
    ...(sort && { sort, direction: 'asc' }),
  });
}

/** Of the keys below: the figures are always of all. */
function FoundFilters() {
  const text = useMessages('keys');
  return (
    <>
      <SearchFilter label={text.search} />
      <TeamFilter className="w-full sm:w-44" />
    </>
  );
}

/** Reaches the address when it is a number of days, on leaving or Enter. */
function DaysField({ days }: { readonly days: number }) {
  const text = useMessages('hygiene');
  const url = useUrlState();
  const [typed, setTyped] = useState(String(days));
  const apply = () => {
    const count = Number(typed);
    if (Number.isInteger(count) && count >= 1 && count <= 3_650) {
      url.set({ days: count === USUAL_DAYS ? undefined : String(count) });
    } else setTyped(String(days));
  };
  return (
    <Input
      aria-label={text.days}
      prefix={text.days}
      inputMode="numeric"
      className="tabular w-32"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply();
      }}
    />
  );
}
