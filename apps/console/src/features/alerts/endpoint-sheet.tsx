'use client';
/** One endpoint: test it, change its secret, and see what was sent to it and what came back. */
import type { WebhookDelivery, WebhookEndpoint } from '@tollgate/api';
import {
  Button,
  Callout,
  CodeBlock,
  formatDuration,
  formatExact,
  Sheet,
  SkeletonText,
  StatusBadge,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { Pencil, Power, RefreshCw, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useFaultText, useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { later } from '../common/later.tsx';
import { useIdempotencyKey } from '../common/request-safety.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useChangeEndpoint, useTestEndpoint } from './alert-api.ts';
import { EndpointSecretDialog } from './endpoint-secret-dialog.tsx';
import { EndpointState } from './endpoint-state.tsx';
import { EVENT_TYPES } from './event-types.ts';

const EndpointDialog = later(async () => (await import('./endpoint-dialog.tsx')).EndpointDialog);

const REFRESH_MS = 5_000;

export interface EndpointSheetProps {
  readonly endpoint: WebhookEndpoint | undefined;
  readonly onClose: () => void;
}

export function EndpointSheet({ endpoint, onClose }: EndpointSheetProps) {
  const filter = useDeliveryFilter();
  return (
    <Sheet
      open={endpoint !== undefined}
      onClose={onClose}
      size="lg"
      title={
        endpoint ? (
          <span className="flex flex-wrap items-center gap-2">
            {nameOf(endpoint)}
            <EndpointState endpoint={endpoint} />
          </span>
        ) : (
          '…'
        )
      }
      footer={endpoint && <ShowApiCall path={withQuery(deliveriesPath(endpoint), filter)} />}
    >
      {endpoint && <Content endpoint={endpoint} onDeleted={onClose} />}
    </Sheet>
  );
}

const nameOf = ({ name, url }: WebhookEndpoint): string => (name === '' ? new URL(url).host : name);

type Opened = 'edit' | 'rotate' | 'delete';

function Content({
  endpoint,
  onDeleted,
}: {
  readonly endpoint: WebhookEndpoint;
  readonly onDeleted: () => void;
}) {
  const text = useMessages('alerts').webhooks;
  const mayWrite = usePermission('webhooks:write');
  const [opened, setOpened] = useState<Opened>();
  const [secret, setSecret] = useState<string>();
  const close = () => setOpened(undefined);
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-3">
        <code className="font-mono text-xs wrap-anywhere text-ink-soft">{endpoint.url}</code>
        <Health endpoint={endpoint} />
        {mayWrite && <EndpointButtons endpoint={endpoint} onChoose={setOpened} />}
      </section>
      <section className="flex flex-col gap-1">
        <h3 className="text-sm font-semibold text-ink">{text.log}</h3>
        <LogFilters />
        <Log endpoint={endpoint} mayWrite={mayWrite} />
      </section>
      {opened === 'edit' && <EndpointDialog endpoint={endpoint} onClose={close} />}
      {opened === 'rotate' && <RotateSecret endpoint={endpoint} onClose={close} onRotated={setSecret} />}
      {opened === 'delete' && <DeleteEndpoint endpoint={endpoint} onClose={close} onDeleted={onDeleted} />}
      {secret !== undefined && <EndpointSecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </div>
  );
}

function Health({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const text = useMessages('alerts').webhooks;
  const locale = useLocale();
  const timeZone = useOrganizationZone();
  const at = (iso: string) => formatExact(Date.parse(iso), locale, timeZone);
  return (
    <>
      {endpoint.state === 'failing' && endpoint.failingSince !== null && (
        <Callout tone="warning">{text.failingText(at(endpoint.failingSince))}</Callout>
      )}
      {endpoint.disabledReason === 'failing' && <Callout tone="negative">{text.gaveUp}</Callout>}
      {endpoint.previousSecretExpiresAt !== null && (
        <Callout tone="info">{text.overlap(at(endpoint.previousSecretExpiresAt))}</Callout>
      )}
    </>
  );
}

interface ButtonsProps {
  readonly endpoint: WebhookEndpoint;
  readonly onChoose: (opened: Opened) => void;
}

function EndpointButtons({ endpoint, onChoose }: ButtonsProps) {
  const text = useMessages('alerts').webhooks;
  const toText = useProblemText();
  const locale = useLocale();
  const test = useTestEndpoint();
  const change = useChangeEndpoint();
  const disabled = endpoint.state === 'disabled';
  const fail = (error: unknown) => void toast.error(toText(error));
  return (
    <span className="flex flex-wrap gap-2">
      <Button
        variant="primary"
        icon={<Send />}
        loading={test.isPending}
        onClick={() =>
          test.mutate(endpoint.id, {
            onSuccess: ({ ok, status, detail, tookMs }) =>
              void (ok
                ? toast.success(text.testOk(status ?? 0, formatDuration(tookMs, locale)))
                : toast.error(text.testFailed(detail))),
            onError: fail,
          })
        }
      >
        {text.test}
      </Button>
      <Button icon={<Pencil />} onClick={() => onChoose('edit')}>
        {text.edit}
      </Button>
      <Button icon={<RefreshCw />} onClick={() => onChoose('rotate')}>
        {text.rotate}
      </Button>
      <Button
        icon={<Power />}
        loading={change.isPending}
        onClick={() => change.mutate({ endpoint, json: { disabled: !disabled } }, { onError: fail })}
      >
        {disabled ? text.enable : text.disable}
      </Button>
      <Button variant="dangerGhost" icon={<Trash2 />} onClick={() => onChoose('delete')}>
        {text.delete}
      </Button>
    </span>
  );
}

const deliveriesPath = ({ id }: WebhookEndpoint): string => `/webhook-endpoints/${id}/deliveries`;

const DELIVERY_STATES = [
  'waiting',
  'delivered',
  'dead',
] as const satisfies readonly WebhookDelivery['state'][];

/** As the API names them. */
function useDeliveryFilter() {
  const url = useUrlState();
  return {
    state: DELIVERY_STATES.find((each) => each === url.get('delivery')),
    eventType: EVENT_TYPES.find((each) => each === url.get('event')),
  };
}

function LogFilters() {
  const text = useMessages('alerts').webhooks;
  return (
    <div className="flex flex-wrap gap-2">
      <FilterSelect
        name="delivery"
        label={text.columns.state}
        all={text.allDeliveries}
        values={DELIVERY_STATES}
        labelOf={(state) => text.deliveryStates[state]}
      />
      <FilterSelect
        name="event"
        label={text.which}
        all={text.allEvents}
        values={EVENT_TYPES}
        labelOf={(event) => event}
      />
    </div>
  );
}

function Log({ endpoint, mayWrite }: { readonly endpoint: WebhookEndpoint; readonly mayWrite: boolean }) {
  const text = useMessages('alerts').webhooks;
  const toText = useProblemText();
  const path = deliveriesPath(endpoint);
  const filter = useDeliveryFilter();
  const log = useApiList<WebhookDelivery>(withQuery(path, { ...filter, limit: 25 }), {
    refetchIntervalMs: REFRESH_MS,
  });
  if (log.error !== null) return <Callout tone="negative">{toText(log.error)}</Callout>;
  if (log.isLoading) return <SkeletonText lines={4} />;
  if (log.rows.length === 0) {
    const isFiltered = (filter.state ?? filter.eventType) !== undefined;
    return <p className="text-sm text-ink-soft">{isFiltered ? text.noLogMatches : text.noLog}</p>;
  }
  return (
    <>
      <ul className="flex flex-col divide-y divide-line">
        {log.rows.map((delivery) => (
          <Delivery key={delivery.id} path={path} delivery={delivery} mayWrite={mayWrite} />
        ))}
      </ul>
      {log.hasNextPage && (
        <Button
          size="sm"
          className="self-start"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          {text.showMore}
        </Button>
      )}
    </>
  );
}

const STATUS = { waiting: 'running', delivered: 'ok', dead: 'failed' } as const;

interface DeliveryProps {
  readonly path: string;
  readonly delivery: WebhookDelivery;
  readonly mayWrite: boolean;
}

function Delivery({ path, delivery, mayWrite }: DeliveryProps) {
  const text = useMessages('alerts').webhooks;
  const toText = useProblemText();
  const toFaultText = useFaultText();
  const locale = useLocale();
  const replay = useApiMutation<void>(() => ({ path: `${path}/${delivery.id}/replay`, json: {} }), {
    invalidates: ['/webhook-endpoints'],
  });
  const answer = [
    delivery.responseStatus === null ? undefined : String(delivery.responseStatus),
    delivery.tookMs === null ? undefined : formatDuration(delivery.tookMs, locale),
    text.tries(delivery.tries),
    // A status says it already.
    delivery.responseStatus === null && delivery.lastError !== null
      ? toFaultText(delivery.lastFault, delivery.lastError)
      : undefined,
  ].filter((part) => part !== undefined);
  return (
    <li className="flex flex-col gap-2 py-3">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex min-w-0 flex-1 basis-56 flex-col">
          <code className="font-mono text-sm text-ink">{delivery.eventType}</code>
          <span className="text-xs text-ink-faint">
            <TimeStamp value={delivery.lastTriedAt ?? delivery.createdAt} /> · {answer.join(' · ')}
            {delivery.nextTryAt !== null && (
              <>
                {' · '}
                {text.next} <TimeStamp value={delivery.nextTryAt} />
              </>
            )}
          </span>
        </span>
        <StatusBadge status={STATUS[delivery.state]} label={text.deliveryStates[delivery.state]} />
        {mayWrite && (
          <Button
            size="sm"
            loading={replay.isPending}
            aria-label={`${text.replay}: ${delivery.eventType}`}
            onClick={() =>
              replay.mutate(undefined, {
                onSuccess: () => void toast.success(text.replayed),
                onError: (error) => void toast.error(toText(error)),
              })
            }
          >
            {text.replay}
          </Button>
        )}
      </span>
      <Disclosure title={text.exchange} open={false}>
        <CodeBlock title={text.request} code={pretty(delivery.requestBody)} wrap />
        <CodeBlock
          title={text.response}
          code={delivery.responseExcerpt === '' ? text.noResponse : delivery.responseExcerpt}
          wrap
        />
      </Disclosure>
    </li>
  );
}

/** An excerpt may end anywhere. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

interface StepProps {
  readonly endpoint: WebhookEndpoint;
  readonly onClose: () => void;
}

function RotateSecret({
  endpoint,
  onClose,
  onRotated,
}: StepProps & { readonly onRotated: (secret: string) => void }) {
  const text = useMessages('alerts').webhooks;
  const idempotencyKey = useIdempotencyKey();
  const rotate = useApiMutation<{ readonly secret: string }>(
    () => ({ path: `/webhook-endpoints/${endpoint.id}/rotate-secret`, json: {}, idempotencyKey }),
    { invalidates: ['/webhook-endpoints'] },
  );
  return (
    <ConfirmAction
      title={text.rotateTitle}
      confirmLabel={text.rotate}
      run={() => rotate.mutateAsync()}
      onDone={({ secret }) => onRotated(secret)}
      onClose={onClose}
    >
      {text.rotateText}
    </ConfirmAction>
  );
}

function DeleteEndpoint({ endpoint, onClose, onDeleted }: StepProps & { readonly onDeleted: () => void }) {
  const text = useMessages('alerts').webhooks;
  const remove = useApiMutation<void>(
    () => ({ path: `/webhook-endpoints/${endpoint.id}`, method: 'DELETE' }),
    {
      invalidates: ['/webhook-endpoints'],
    },
  );
  return (
    <ConfirmAction
      title={text.deleteTitle(nameOf(endpoint))}
      confirmLabel={text.delete}
      confirmName={nameOf(endpoint)}
      run={() => remove.mutateAsync()}
      done={text.deleted}
      onDone={onDeleted}
      onClose={onClose}
    >
      <p className="mb-1 font-mono text-xs wrap-anywhere text-ink">{endpoint.url}</p>
      {text.deleteText}
    </ConfirmAction>
  );
}
