'use client';
/** What a request said, within its details: asked for only when somebody opens it, since that is written down. */
import type { Organization, RequestDetail } from '@tollgate/api';
import { Button, Card, TimeStamp, useNowMs } from '@tollgate/ui';
import { Eye, EyeOff } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { later } from '../common/later.tsx';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { usePayloadText } from './use-payload-text.ts';
import { whyNotKept } from './why-not-kept.ts';

const PayloadView = later(async () => (await import('./payload-view.tsx')).PayloadView);

/** Nothing for those who may not read payloads. */
export function PayloadSection({ request }: { readonly request: RequestDetail }) {
  if (!usePermission('payloads:read')) return null;
  const { payloadKeptUntil } = request;
  return payloadKeptUntil === null ? (
    <NothingKept request={request} />
  ) : (
    <KeptPayload request={request} keptUntil={payloadKeptUntil} />
  );
}

function KeptPayload({
  request,
  keptUntil,
}: {
  readonly request: RequestDetail;
  readonly keptUntil: string;
}) {
  const text = usePayloadText();
  const [isOpen, setIsOpen] = useState(false);
  const bodyId = useId();
  return (
    <Card
      flush={!isOpen}
      title={text.title}
      description={
        <>
          {text.keptUntil} <TimeStamp value={keptUntil} format="exact" />. {text.audited}
        </>
      }
      actions={
        <Button
          icon={isOpen ? <EyeOff /> : <Eye />}
          aria-expanded={isOpen}
          aria-controls={isOpen ? bodyId : undefined}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? text.hide : text.show}
        </Button>
      }
    >
      {isOpen && (
        <div id={bodyId}>
          <PayloadView request={request} />
        </div>
      )}
    </Card>
  );
}

/** One quiet line. Who may not read how the organization is set up is not told what follows from it. */
function NothingKept({ request }: { readonly request: RequestDetail }) {
  const text = usePayloadText();
  const organizationId = useMe().data?.organizationId;
  const mayRead = usePermission('organization:read');
  const mayWrite = usePermission('organization:write');
  const nowMs = useNowMs();
  const asks = mayRead && organizationId != null;
  const organization = useApiQuery<Organization>(asks ? `/organizations/${organizationId}` : undefined);
  if (organization.isLoading) return null;
  const days = organization.data?.payloadRetentionDays;
  const why = whyNotKept(request.startedAt, days, nowMs);
  return (
    <p className="px-1 text-sm text-pretty text-ink-faint">
      {why === 'past' ? text.notKept.past(days ?? 0) : text.notKept[why]}{' '}
      {(why === 'off' || why === 'past') && mayWrite && (
        <Link
          href="/settings/organization"
          className="text-accent-ink underline underline-offset-3 hover:decoration-2"
        >
          {text.toSettings}
        </Link>
      )}
    </p>
  );
}
