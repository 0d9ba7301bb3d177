'use client';
/** Everything known about one request; the same in the sheet and on its page. */
import type { RequestDetail } from '@tollgate/api';
import { printValue } from '@tollgate/api/request-query';
import {
  Badge,
  Card,
  CopyButton,
  Dash,
  DefinitionList,
  formatDuration,
  formatNumber,
  Money,
  TimeStamp,
  useUi,
} from '@tollgate/ui';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { Messages } from '../../i18n/texts.ts';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { PayloadSection } from '../payloads/payload-section.tsx';
import { ProviderName } from '../providers/provider-name.tsx';
import { AnswerHeaders } from './answer-headers.tsx';
import { AttemptTimeline } from './attempt-timeline.tsx';
import { CostComponents } from './cost-components.tsx';
import { describeFormats } from './format-names.ts';
import { RefusalCard } from './refusal-card.tsx';
import { isCostUnknown } from './request-types.ts';
import { SubstitutionFact } from './substitution-fact.tsx';
import { UnsupportedCard } from './unsupported-card.tsx';

export function RequestDetails({ request }: { readonly request: RequestDetail }) {
  return (
    // Sized by its own width: it stands on a page and in a sheet.
    <div className="@container flex min-w-0 flex-col gap-4">
      <Figures request={request} />
      {request.status >= 400 && <RefusalCard request={request} />}
      <UnsupportedCard request={request} />
      <PayloadSection key={request.id} request={request} />
      <AttemptTimeline request={request} />
      {request.attempts.length > 0 && <CostComponents request={request} />}
      <Facts request={request} />
      <AnswerHeaders request={request} />
    </div>
  );
}

function Figures({ request }: { readonly request: RequestDetail }) {
  const { detail: text, tokensIn, tokensOut, costUnknown } = useMessages('requests');
  const { locale } = useUi();
  const figures: [term: string, value: ReactNode, parts?: string][] = [
    [text.cost, isCostUnknown(request) ? costUnknown : <Money key="cost" value={request.spentUsd} />],
    [
      text.tokens,
      `${formatNumber(inputTokensOf(request), locale)} ${tokensIn} · ${formatNumber(outputTokensOf(request), locale)} ${tokensOut}`,
      tokenParts(request, text, locale),
    ],
    [text.latency, formatDuration(request.totalMs, locale)],
    [
      text.firstToken,
      request.firstTokenMs === null ? <Dash key="dash" /> : formatDuration(request.firstTokenMs, locale),
    ],
    [text.overhead, overheadText(request.overheadUs, locale)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3 @lg:grid-cols-3 @3xl:grid-cols-5">
      {figures.map(([term, value, parts]) => (
        <div key={term} className="min-w-0">
          <dt className="truncate text-xs text-ink-faint">{term}</dt>
          <dd className="tabular text-base font-semibold wrap-anywhere text-ink">
            {value}
            {parts && <span className="block text-xs font-normal text-ink-soft">{parts}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What of the tokens is priced in its own way, where there is some. */
function tokenParts(
  { cachedInputTokens, reasoningTokens }: RequestDetail,
  text: Messages<'requests'>['detail'],
  locale: string,
): string {
  const parts = [
    [cachedInputTokens, text.cachedTokens],
    [reasoningTokens, text.reasoningTokens],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, say]) => say(formatNumber(count, locale)))
    .join(' · ');
}

/** From a millisecond on in milliseconds: nobody reads four digits of microseconds. */
function overheadText(overheadUs: number, locale: string): string {
  if (overheadUs < 1_000) return `${formatNumber(overheadUs, locale)} µs`;
  return `${formatNumber(Math.round(overheadUs / 100) / 10, locale)} ms`;
}

function Facts({ request }: { readonly request: RequestDetail }) {
  const { detail: text, test } = useMessages('requests');
  const sources: Readonly<Record<string, string>> = text.sources;
  const last = request.attempts.at(-1);
  const tags = Object.entries(request.tags);
  const items: { term: string; value: ReactNode }[] = [
    { term: text.id, value: <Id value={request.id} /> },
    ...(last?.upstreamRequestId
      ? [{ term: text.upstreamId, value: <Id value={last.upstreamRequestId} /> }]
      : []),
    { term: text.started, value: <TimeStamp value={request.startedAt} format="exact" /> },
    {
      term: text.key,
      value: (
        <Link href={`/keys/${request.keyId}`} className="text-accent-ink underline-offset-3 hover:underline">
          {request.keyName ?? request.keyId}
        </Link>
      ),
    },
    {
      term: text.team,
      value:
        request.teamId === null ? (
          <Dash />
        ) : (
          <Link
            href={`/teams/${request.teamId}`}
            className="text-accent-ink underline-offset-3 hover:underline"
          >
            {request.teamName ?? request.teamId}
          </Link>
        ),
    },
    { term: text.owner, value: <Owner request={request} /> },
    { term: text.asked, value: request.requestedModel || <Dash /> },
    ...(request.route ? [{ term: text.route, value: <Route route={request.route} /> }] : []),
    ...(request.substitution
      ? [{ term: text.substitution, value: <SubstitutionFact substitution={request.substitution} /> }]
      : []),
    { term: text.served, value: <Served request={request} /> },
    { term: text.endpoint, value: request.endpoint },
    { term: text.formats, value: <Formats request={request} /> },
    {
      term: text.mode,
      value: (
        <span className="inline-flex flex-wrap justify-end gap-1">
          <Badge>{request.streamed ? text.streamed : text.whole}</Badge>
          {!request.livemode && <Badge>{test}</Badge>}
        </span>
      ),
    },
    { term: text.endUser, value: <Find field="user" value={request.endUser} /> },
    { term: text.session, value: <Find field="session" value={request.sessionId} /> },
    {
      term: text.tags,
      value:
        tags.length === 0 ? (
          <Dash />
        ) : (
          <span className="inline-flex flex-wrap justify-end gap-1">
            {tags.map(([name, value]) => (
              <Badge key={name}>{`${name}=${value}`}</Badge>
            ))}
          </span>
        ),
    },
    ...(last
      ? [
          { term: text.usageSource, value: sources[last.usageSource] ?? last.usageSource },
          {
            term: text.priceVersion,
            value: last.priceVersionId ? <Id value={last.priceVersionId} /> : <Dash />,
          },
          { term: text.credential, value: <Credential attempt={last} names={request.credentialNames} /> },
        ]
      : []),
    { term: text.address, value: request.clientAddress || <Dash /> },
    { term: text.client, value: <span className="text-xs">{request.userAgent || <Dash />}</span> },
  ];
  return (
    <Card title={text.facts}>
      <DefinitionList items={items} className="@3xl:grid-cols-2" />
    </Card>
  );
}

function Owner({ request: { ownerId, ownerName } }: { readonly request: RequestDetail }) {
  const { organization } = useMessages('keys').owners;
  if (ownerId === null) return organization;
  return ownerName ?? <Id value={ownerId} />;
}

/** By which the last attempt went; of those that are resold nothing but that is the caller's to know. */
function Credential({
  attempt: { credentialId, credentialOwner },
  names,
}: {
  readonly attempt: RequestDetail['attempts'][number];
  readonly names: RequestDetail['credentialNames'];
}) {
  const text = useMessages('providers');
  const name = names[credentialId];
  if (name === undefined) {
    return (
      <span className="inline-flex max-w-full flex-wrap items-center justify-end gap-x-1.5">
        {credentialOwner === 'operator' && text.ownerOperator}
        <Id value={credentialId} />
      </span>
    );
  }
  return (
    <Link
      href={withQuery('/providers', { q: credentialId })}
      className="wrap-anywhere text-accent-ink underline-offset-3 hover:underline"
    >
      {name}
    </Link>
  );
}

/** By its name of then, with the rule that held and what was drawn. */
function Route({
  route: { id, name, rule, target },
}: {
  readonly route: NonNullable<RequestDetail['route']>;
}) {
  const text = useMessages('requests').detail;
  const { locale } = useUi();
  return (
    <span className="inline-flex flex-wrap justify-end gap-x-1.5">
      <Link href={`/routes/${id}`} className="text-accent-ink underline-offset-3 hover:underline">
        {name}
      </Link>
      <span className="text-ink-faint">{text.byRule(formatNumber(rule + 1, locale), target)}</span>
    </span>
  );
}

/** Leads to all requests of the same. */
function Find({ field, value }: { readonly field: string; readonly value: string }) {
  const text = useMessages('requests').detail;
  if (value === '') return <Dash />;
  return (
    <Link
      href={withQuery('/requests', { q: `${field}:${printValue(value)}`, range: 'month' })}
      title={text.findAll}
      className="wrap-anywhere text-accent-ink underline-offset-3 hover:underline"
    >
      {value}
    </Link>
  );
}

function Formats({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').detail;
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-1.5 gap-y-1">
      {describeFormats(request)}
      {request.providerFormat !== null && (
        <Badge tone={request.translated ? 'accent' : 'neutral'}>
          {request.translated ? text.translated : text.asItCame}
        </Badge>
      )}
    </span>
  );
}

function Id({ value }: { readonly value: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1 font-mono text-xs">
      <span className="min-w-0 wrap-anywhere">{value}</span>
      <CopyButton value={value} size="sm" />
    </span>
  );
}

function Served({ request }: { readonly request: RequestDetail }) {
  if (request.model === '') return <Dash />;
  return (
    <>
      <ProviderName id={request.provider} /> · {request.model}
    </>
  );
}
