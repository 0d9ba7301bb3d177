'use client';
/** A request beside the list it was found in. */
import { Button, CopyButton, EmptyState, IconButton, Sheet, SkeletonText, StatusBadge } from '@tollgate/ui';
import { ChevronDown, ChevronUp, FlaskConical, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { requestPath, useRequest } from './use-request.ts';

const RequestDetails = later(async () => (await import('./request-details.tsx')).RequestDetails);

export interface RequestSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
  /** Beside it in the list. */
  readonly previousId?: string | undefined;
  readonly nextId?: string | undefined;
  readonly onOpen?: (id: string) => void;
}

export function RequestSheet({ id, onClose, previousId, nextId, onOpen }: RequestSheetProps) {
  const text = useMessages('requests').detail;
  const request = useRequest(id);
  return (
    <Sheet
      size="lg"
      open={id !== undefined}
      onClose={onClose}
      title={
        <span className="flex flex-wrap items-center gap-2">
          {text.request}
          {request.data && <StatusBadge status={request.data.status} />}
        </span>
      }
      description={<span className="font-mono text-xs wrap-anywhere">{id}</span>}
      footer={
        id !== undefined && (
          <div className="flex flex-wrap items-center gap-2 sm:flex-1 sm:justify-end">
            {onOpen && (
              <span className="mr-auto flex gap-1">
                <IconButton
                  label={text.newer}
                  disabled={previousId === undefined}
                  onClick={() => previousId && onOpen(previousId)}
                >
                  <ChevronUp />
                </IconButton>
                <IconButton
                  label={text.older}
                  disabled={nextId === undefined}
                  onClick={() => nextId && onOpen(nextId)}
                >
                  <ChevronDown />
                </IconButton>
              </span>
            )}
            <ShowApiCall path={requestPath(id)} />
            <RequestLinks id={id} />
            <Button asChild>
              <Link href={`/requests/${id}`}>{text.openPage}</Link>
            </Button>
          </div>
        )
      }
    >
      {id !== undefined && <RequestContent id={id} />}
    </Sheet>
  );
}

/** What one does with a request: send it to somebody, try it again. */
export function RequestLinks({ id }: { readonly id: string }) {
  const text = useMessages('requests').detail;
  const origin = typeof window === 'undefined' ? '' : window.location.origin;
  return (
    <>
      <CopyButton value={`${origin}/requests/${id}`} text={text.copyLink} />
      <Button asChild icon={<FlaskConical />}>
        <Link href={`/playground?request=${id}`}>{text.playground}</Link>
      </Button>
    </>
  );
}

/** The request in whatever state the answer is. */
export function RequestContent({ id }: { readonly id: string }) {
  const text = useMessages('requests').detail;
  const request = useRequest(id);
  if (request.data !== undefined) return <RequestDetails request={request.data} />;
  if (request.error === null) return <SkeletonText lines={8} />;
  return (
    <QueryError
      query={request}
      missing={
        <EmptyState icon={<ScrollText />} title={text.notFound}>
          {text.notFoundText}
        </EmptyState>
      }
    />
  );
}
