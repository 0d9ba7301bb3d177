'use client';
/** What happened to one's account lately, so that somebody else's doing is noticed. */
import type { Page, SecurityEvent } from '@tollgate/api';
import { Card, SkeletonText, TimeStamp } from '@tollgate/ui';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { findReadableAgent } from './user-agent.ts';

const PATH = '/me/security-events';

export function SecurityEventsCard() {
  const text = useMessages('security').events;
  const events = useApiQuery<Page<SecurityEvent>>(PATH);
  return (
    <Card title={text.title} description={text.text}>
      {events.error && events.data === undefined && <QueryError query={events} />}
      {events.data === undefined && !events.error && <SkeletonText />}
      {events.data?.data.length === 0 && <p className="text-sm text-ink-soft">{text.empty}</p>}
      {events.data !== undefined && events.data.data.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {events.data.data.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function EventRow({ event }: { readonly event: SecurityEvent }) {
  const text = useMessages('security').events;
  const agent = findReadableAgent(event.userAgent);
  const where = [event.ipAddress, agent && [agent.browser, agent.system].filter(Boolean).join(', ')];
  return (
    <li className="grid gap-x-4 py-2 first:pt-0 last:pb-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <span className={event.action === 'sign-in-failed' ? 'text-warning' : 'text-ink'}>
        <EventText event={event} />
      </span>
      <span className="text-sm text-ink-soft sm:text-right">
        <TimeStamp value={event.occurredAt} />
      </span>
      <span className="col-span-full text-xs text-ink-faint" title={event.userAgent}>
        {where.filter(Boolean).join(' · ') || text.nowhere}
      </span>
    </li>
  );
}

function EventText({ event }: { readonly event: SecurityEvent }) {
  const text = useMessages('security').events;
  const actions: Readonly<Record<string, string>> = text.actions;
  const how = howOf(event.detail);
  const hows: Readonly<Record<string, string>> = text.how;
  const said = actions[event.action] ?? event.action;
  const name = event.action.startsWith('passkey-') && event.targetName !== '' ? `: ${event.targetName}` : '';
  const way = how === undefined ? '' : ` (${hows[how] ?? how})`;
  return `${said}${name}${way}`;
}

/** By what somebody signed in, where the event tells. */
function howOf(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined;
  if ('secondFactor' in detail && typeof detail.secondFactor === 'string') return detail.secondFactor;
  if ('provider' in detail && typeof detail.provider === 'string') return detail.provider;
  return undefined;
}
