'use client';
/** One key: what it may do, what it did, and how to end it. */
import type { KeyDetail, KeyWithSecret } from '@tollgate/api';
import { Button, Callout, Card, EmptyState, PageHeader, Skeleton } from '@tollgate/ui';
import { Ban, KeyRound, Pencil, RefreshCw } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { KeyFacts } from './key-facts.tsx';
import { KeyRecentRequests } from './key-recent-requests.tsx';
import { KeyRulesCards } from './key-rules-cards.tsx';
// Not later: a secret that is shown once must not depend on a script that may fail to come.
import { KeySecretDialog } from './key-secret-dialog.tsx';
import { KeyStateBadge } from './key-state.tsx';
import { KeyUsageCard } from './key-usage-card.tsx';
import { RequestCheckCard } from './request-check-card.tsx';

const RotateKeyDialog = later(async () => (await import('./rotate-key-dialog.tsx')).RotateKeyDialog);
const RevokeKeyDialog = later(async () => (await import('./revoke-key-dialog.tsx')).RevokeKeyDialog);
const EditKeyDialog = later(async () => (await import('./key-dialog.tsx')).EditKeyDialog);

const REFRESH_MS = 10_000;

export function KeyScreen({ id }: { readonly id: string }) {
  return (
    <Guarded permission="keys:read">
      <KeyPage id={id} />
    </Guarded>
  );
}

function KeyPage({ id }: { readonly id: string }) {
  const text = useMessages('keys');
  const path = `/keys/${encodeURIComponent(id)}`;
  const key = useApiQuery<KeyDetail>(path, { refetchInterval: REFRESH_MS });
  if (key.data !== undefined) return <LoadedKey subject={key.data} path={path} />;
  if (key.error === null) return <KeySkeleton />;
  return (
    <Card flush>
      <QueryError
        query={key}
        missing={
          <EmptyState
            icon={<KeyRound />}
            title={text.page.notFound}
            action={
              <Button asChild>
                <Link href="/keys">{text.title}</Link>
              </Button>
            }
          />
        }
      />
    </Card>
  );
}

function KeySkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <Skeleton className="h-7 w-64" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </div>
    </div>
  );
}

function LoadedKey({ subject, path }: { readonly subject: KeyDetail; readonly path: string }) {
  const text = useMessages('keys');
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="keys" href="/keys">
            {text.title}
          </Link>,
          subject.name,
        ]}
        title={subject.name}
        badge={<KeyStateBadge subject={subject} />}
        actions={<KeyActions subject={subject} path={path} />}
      />
      {subject.state !== 'active' && (
        <Callout tone={subject.state === 'revoked' ? 'negative' : 'warning'} className="mb-4">
          {subject.state === 'revoked' ? text.page.revokedBanner : text.page.expiredBanner}
        </Callout>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <KeyUsageCard subject={subject} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <KeyRulesCards subject={subject} />
          </div>
          {subject.state !== 'revoked' && <RequestCheckCard keyId={subject.id} />}
          <KeyRecentRequests subject={subject} />
        </div>
        <KeyFacts subject={subject} />
      </div>
    </>
  );
}

type Opened = 'edit' | 'rotate' | 'revoke';

function KeyActions({ subject, path }: { readonly subject: KeyDetail; readonly path: string }) {
  const text = useMessages('keys');
  const [opened, setOpened] = useState<Opened>();
  const [rotated, setRotated] = useState<KeyWithSecret>();
  const close = () => setOpened(undefined);
  const usable = subject.mayManage && subject.state !== 'revoked';
  return (
    <>
      <ShowApiCall path={path} />
      {usable && (
        <>
          <Button icon={<Pencil />} onClick={() => setOpened('edit')}>
            {text.page.edit}
          </Button>
          <Button icon={<RefreshCw />} onClick={() => setOpened('rotate')}>
            {text.rotate.action}
          </Button>
          <Button variant="dangerGhost" icon={<Ban />} onClick={() => setOpened('revoke')}>
            {text.revoke.action}
          </Button>
        </>
      )}
      {opened === 'edit' && <EditKeyDialog subject={subject} onClose={close} />}
      {opened === 'rotate' && <RotateKeyDialog subject={subject} onClose={close} onRotated={setRotated} />}
      {opened === 'revoke' && <RevokeKeyDialog subject={subject} onClose={close} />}
      {rotated && <KeySecretDialog created={rotated} rotated onClose={() => setRotated(undefined)} />}
    </>
  );
}
