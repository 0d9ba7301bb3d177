'use client';
/** A request beside the list it was found in. */
import { Button, EmptyState, ErrorState, Sheet, SkeletonText, StatusBadge } from '@tollgate/ui';
import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { RequestDetails } from './request-details.tsx';
import { requestPath, useRequest } from './use-request.ts';

export interface RequestSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

export function RequestSheet({ id, onClose }: RequestSheetProps) {
  const text = useMessages('requests').detail;
  const request = useRequest(id);
  return (
    <Sheet
      size="lg"
      open={id !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={
        <span className="flex flex-wrap items-center gap-2">
          {text.request}
          {request.data && <StatusBadge status={request.data.status} />}
        </span>
      }
      description={<span className="font-mono text-xs wrap-anywhere">{id}</span>}
      footer={
        id !== undefined && (
          <>
            <ShowApiCall path={requestPath(id)} />
            <Button asChild>
              <Link href={`/requests/${id}`}>{text.openPage}</Link>
            </Button>
          </>
        )
      }
    >
      {id !== undefined && <RequestContent id={id} />}
    </Sheet>
  );
}

/** The request in whatever state the answer is. */
export function RequestContent({ id }: { readonly id: string }) {
  const text = useMessages('requests').detail;
  const toText = useProblemText();
  const request = useRequest(id);
  if (request.data !== undefined) return <RequestDetails request={request.data} />;
  if (request.error === null) return <SkeletonText lines={8} />;
  if (request.error.status === 404) {
    return (
      <EmptyState icon={<ScrollText />} title={text.notFound}>
        {text.notFoundText}
      </EmptyState>
    );
  }
  return (
    <ErrorState
      detail={toText(request.error)}
      requestId={request.error.requestId}
      onRetry={() => void request.refetch()}
    />
  );
}
