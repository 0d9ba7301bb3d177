'use client';
/** The event that the address names: taken from the rows where it is among them, else asked for by its id. */
import type { AuditEvent } from '@tollgate/api';
import { ErrorState, Sheet, Skeleton } from '@tollgate/ui';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { AuditSheet } from './audit-sheet.tsx';

export interface OpenedEventProps {
  readonly id: string;
  /** Undefined where the list has not loaded it. */
  readonly row: AuditEvent | undefined;
  readonly onClose: () => void;
}

export function OpenedEvent({ id, row, onClose }: OpenedEventProps) {
  const text = useMessages('audit');
  const asked = useApiQuery<AuditEvent>(
    row === undefined ? `/audit-events/${encodeURIComponent(id)}` : undefined,
  );
  const event = row ?? asked.data;
  if (event !== undefined) return <AuditSheet event={event} onClose={onClose} />;
  return (
    <Sheet open onClose={onClose} size="lg" title={text.title} description={id}>
      {asked.error ? (
        <QueryError
          query={asked}
          missing={<ErrorState title={text.eventGone} detail={text.eventGoneText} />}
        />
      ) : (
        <Skeleton className="h-40" />
      )}
    </Sheet>
  );
}
