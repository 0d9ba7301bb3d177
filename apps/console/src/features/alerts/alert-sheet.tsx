'use client';
/** One alert: why it fired, with its numbers; the way to its cause; and who was told. */
import type { AlertDelivery } from '@tollgate/api';
import {
  Button,
  DefinitionList,
  EmptyState,
  Sheet,
  SkeletonText,
  StatusBadge,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { BellOff, Check } from 'lucide-react';
import Link from 'next/link';
import { useApiMutation } from '../../api/use-api.ts';
import { useFaultText, useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { ALERTS_PATH, type AlertDetail, useAcknowledge, useAlert } from './alert-api.ts';
import { AlertStateBadge, SeverityBadge } from './alert-badges.tsx';

export interface AlertSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

export function AlertSheet({ id, onClose }: AlertSheetProps) {
  const detail = useAlert(id).data;
  return (
    <Sheet
      open={id !== undefined}
      onClose={onClose}
      title={detail?.alert.title ?? '…'}
      footer={id !== undefined && <ShowApiCall path={`${ALERTS_PATH}/${id}`} />}
    >
      {id !== undefined && <Content id={id} />}
    </Sheet>
  );
}

function Content({ id }: { readonly id: string }) {
  const text = useMessages('alerts');
  const alert = useAlert(id);
  if (alert.error !== null) {
    return (
      <QueryError
        query={alert}
        missing={
          <EmptyState icon={<BellOff />} title={text.notFound}>
            {text.notFoundText}
          </EmptyState>
        }
      />
    );
  }
  if (alert.data === undefined) return <SkeletonText lines={6} />;
  return <Detail detail={alert.data} />;
}

function Detail({ detail: { alert, deliveries } }: { readonly detail: AlertDetail }) {
  const text = useMessages('alerts');
  const toText = useProblemText();
  const mayWrite = usePermission('alerts:write');
  const acknowledge = useAcknowledge();
  const openTarget: Readonly<Record<string, string>> = text.openTarget;
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-3">
        <span className="flex flex-wrap items-center gap-2 text-xs text-ink-faint">
          <SeverityBadge severity={alert.severity} />
          <AlertStateBadge state={alert.state} />
          <TimeStamp value={alert.firedAt} />
          {alert.state === 'acknowledged' && alert.acknowledgedBy !== '' && text.byWhom(alert.acknowledgedBy)}
          {alert.occurrence > 1 && <span>{text.times(alert.occurrence)}</span>}
        </span>
        <p className="text-sm text-ink">{alert.sentence}</p>
        <span className="flex flex-wrap gap-2">
          <Button asChild variant="primary">
            <Link href={alert.path}>{openTarget[alert.target.kind] ?? text.openOther}</Link>
          </Button>
          {mayWrite && alert.state === 'firing' && (
            <Button
              icon={<Check />}
              loading={acknowledge.isPending}
              onClick={() =>
                acknowledge.mutate(alert.id, {
                  onSuccess: () => void toast.success(text.acknowledged),
                  onError: (error) => void toast.error(toText(error)),
                })
              }
            >
              {text.acknowledge}
            </Button>
          )}
        </span>
      </section>
      <section>
        <h3 className="mb-1 text-sm font-semibold text-ink">{text.why}</h3>
        <DefinitionList
          items={alert.facts.map(({ label, value }) => ({
            term: label,
            value: <span className="tabular">{value}</span>,
          }))}
        />
        {alert.rule !== '' && <p className="mt-3 text-xs text-ink-soft">{alert.rule}</p>}
      </section>
      <section>
        <h3 className="mb-1 text-sm font-semibold text-ink">{text.told}</h3>
        {deliveries.length === 0 && <p className="text-sm text-ink-soft">{text.toldNobody}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {deliveries.map((delivery) => (
            <Delivery key={delivery.id} alertId={alert.id} delivery={delivery} mayWrite={mayWrite} />
          ))}
        </ul>
      </section>
    </div>
  );
}

const STATUS = { waiting: 'running', delivered: 'ok', dead: 'failed', skipped: 'disabled' } as const;

interface DeliveryProps {
  readonly alertId: string;
  readonly delivery: AlertDelivery;
  readonly mayWrite: boolean;
}

function Delivery({ alertId, delivery, mayWrite }: DeliveryProps) {
  const text = useMessages('alerts');
  const toText = useProblemText();
  const toFaultText = useFaultText();
  const again = useApiMutation<void>(
    () => ({ path: `/alerts/${alertId}/deliveries/${delivery.id}/replay`, json: {} }),
    { invalidates: [ALERTS_PATH] },
  );
  const waits = delivery.state === 'waiting' && delivery.heldFor !== '' && text.heldFor[delivery.heldFor];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5 text-sm">
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium wrap-anywhere text-ink">{delivery.channelName}</span>
        <span className="text-xs text-ink-faint">
          {delivery.event === 'fired' ? text.toldFired : text.toldRecovered}{' '}
          <TimeStamp value={delivery.deliveredAt ?? delivery.createdAt} />
          {waits && ` · ${waits}`}
          {delivery.lastError !== null && ` · ${toFaultText(delivery.lastFault, delivery.lastError)}`}
        </span>
      </span>
      <StatusBadge status={STATUS[delivery.state]} label={text.deliveryStates[delivery.state]} />
      {mayWrite && delivery.state === 'dead' && (
        <Button
          size="sm"
          loading={again.isPending}
          onClick={() =>
            again.mutate(undefined, {
              onSuccess: () => void toast.success(text.sentAgain),
              onError: (error) => void toast.error(toText(error)),
            })
          }
        >
          {text.again}
        </Button>
      )}
    </li>
  );
}
