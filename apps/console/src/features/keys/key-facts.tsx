'use client';
import type { KeyDetail, KeyPolicy } from '@tollgate/api';
import {
  Badge,
  Button,
  Card,
  CopyButton,
  Dash,
  DefinitionList,
  Money,
  TimeStamp,
  useNowMs,
} from '@tollgate/ui';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useKeyPolicy } from './key-rules-cards.tsx';

const KeyModelsSheet = later(async () => (await import('./key-models-sheet.tsx')).KeyModelsSheet);

const SHOWN_ROUTES = 10;

/** What it is, what it may do, and by which secrets it is known. */
export function KeyFacts({ subject }: { readonly subject: KeyDetail }) {
  const text = useMessages('keys');
  const { page, columns } = text;
  const lastFrom = useLastFrom(subject);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title={page.facts}>
        <DefinitionList
          items={[
            { term: page.spent, value: <Money value={subject.spentUsd} precision="cents" /> },
            {
              term: columns.team,
              value:
                subject.teamId === null ? (
                  <Dash />
                ) : (
                  <Link href={`/teams/${subject.teamId}`} className="text-accent-ink hover:underline">
                    {subject.teamName ?? subject.teamId}
                  </Link>
                ),
            },
            {
              term: columns.owner,
              value:
                subject.ownerId === null
                  ? text.owners.organization
                  : (subject.ownerName ?? text.owners.unknown),
            },
            {
              term: columns.lastUsed,
              value: subject.lastUsedAt ? <TimeStamp value={subject.lastUsedAt} /> : text.neverUsed,
            },
            ...lastFrom,
            {
              term: columns.expires,
              value: subject.expiresAt ? <TimeStamp value={subject.expiresAt} /> : text.neverExpires,
            },
            { term: columns.created, value: <TimeStamp value={subject.createdAt} /> },
            {
              term: page.id,
              value: (
                <span className="inline-flex items-center gap-1 font-mono text-xs">
                  {subject.id}
                  <CopyButton value={subject.id} size="sm" />
                </span>
              ),
            },
          ]}
        />
      </Card>
      <RotationCard subject={subject} />
      <ScopeCard subject={subject} />
    </div>
  );
}

function ScopeCard({ subject }: { readonly subject: KeyDetail }) {
  const { page, form } = useMessages('keys');
  const { title } = useMessages('routes');
  const { models, routes = [] } = useKeyPolicy(subject.id).data ?? {};
  const tags = Object.entries(subject.tags).map(([name, value]) => `${name}=${value}`);
  return (
    <Card title={page.scope}>
      <DefinitionList
        items={[
          { term: form.models, value: <Values values={subject.models} none={form.allModels} /> },
          ...(models
            ? [
                {
                  term: page.reachable,
                  value: <Reach keyId={subject.id} count={models.reachableCount} />,
                },
              ]
            : []),
          ...(routes.length > 0 ? [{ term: title, value: <Routes routes={routes} /> }] : []),
          { term: form.providers, value: <Values values={subject.providers} none={form.allProviders} /> },
          { term: form.endpoints, value: <Values values={subject.endpoints} none={form.allEndpoints} /> },
          { term: form.ipAllowlist, value: <Values values={subject.ipAllowlist} none={page.noLimit} /> },
          { term: form.tags, value: <Values values={tags} none={<Dash />} /> },
        ]}
      />
    </Card>
  );
}

/** How many, and which on asking: there can be thousands. */
function Reach({ keyId, count }: { readonly keyId: string; readonly count: number }) {
  const { page } = useMessages('keys');
  const mayList = usePermission('models:read');
  const [opened, setOpened] = useState(false);
  if (!mayList) return page.reachableModels(count);
  return (
    <>
      <Button variant="link" size="sm" onClick={() => setOpened(true)}>
        {page.reachableModels(count)}
      </Button>
      {opened && <KeyModelsSheet keyId={keyId} onClose={() => setOpened(false)} />}
    </>
  );
}

/** Those of which it may use a target. */
function Routes({ routes }: { readonly routes: KeyPolicy['routes'] }) {
  const text = useMessages('routes');
  return (
    <span className="flex flex-wrap justify-end gap-x-2">
      {routes.slice(0, SHOWN_ROUTES).map(({ id, name }) => (
        <Link key={id} href={`/routes/${id}`} className="text-accent-ink hover:underline">
          {name}
        </Link>
      ))}
      {routes.length > SHOWN_ROUTES && (
        <span className="text-ink-faint">{text.moreTargets(routes.length - SHOWN_ROUTES)}</span>
      )}
    </span>
  );
}

function Values({ values, none }: { readonly values: readonly string[]; readonly none: ReactNode }) {
  if (values.length === 0) return <span className="text-ink-faint">{none}</span>;
  return (
    <span className="flex flex-wrap justify-end gap-1">
      {values.map((value) => (
        <Badge key={value}>{value}</Badge>
      ))}
    </span>
  );
}

/** From where and by what it was used last, as far as the log still has it. */
function useLastFrom({ lastAddress, lastUserAgent }: KeyDetail) {
  const text = useMessages('keyRules');
  if (lastAddress === null) return [];
  const value = (
    <span className="flex flex-col items-end">
      <span className="font-mono text-xs">{lastAddress}</span>
      {lastUserAgent && (
        <span className="line-clamp-2 text-xs text-ink-faint wrap-anywhere">{lastUserAgent}</span>
      )}
    </span>
  );
  return [{ term: text.lastFrom, value }];
}

/** By which secrets it is known, and when the next one is due. */
function RotationCard({ subject }: { readonly subject: KeyDetail }) {
  const { page } = useMessages('keys');
  const text = useMessages('keyRules');
  const nowMs = useNowMs();
  const { rotation } = subject;
  if (subject.state === 'revoked' || subject.secrets.length === 0) return null;
  const late = rotation !== null && Date.parse(rotation.dueAt) <= nowMs;
  const who =
    rotation === null || rotation.teamId === null
      ? text.organization
      : (rotation.teamName ?? rotation.teamId);
  return (
    <Card title={text.rotation} description={page.secretsText}>
      <DefinitionList
        items={[
          { term: text.rotatedAt, value: <TimeStamp value={subject.rotatedAt} /> },
          {
            term: text.dueAt,
            value:
              rotation === null ? (
                <span className="text-ink-faint">{text.noRotation}</span>
              ) : (
                <span className="flex flex-col items-end gap-0.5">
                  <span className="inline-flex items-center gap-1.5">
                    {late && <Badge tone="warning">{text.overdue}</Badge>}
                    <TimeStamp value={rotation.dueAt} />
                  </span>
                  <span className="text-xs text-ink-faint">{text.every(rotation.everyDays, who)}</span>
                </span>
              ),
          },
        ]}
      />
      <ul className="mt-2 flex flex-col divide-y divide-line border-t border-line">
        {subject.secrets.map((secret) => (
          <li key={secret.id} className="flex flex-wrap items-center justify-between gap-2 py-2 text-sm">
            <code className="font-mono text-xs">{secret.hint}</code>
            {secret.expiresAt === null ? (
              <Badge tone="positive">{page.current}</Badge>
            ) : (
              <span className="text-xs text-ink-soft">
                {page.until} <TimeStamp value={secret.expiresAt} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
