'use client';
import { CopyButton, PageHeader, StatusBadge } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { RequestContent, RequestLinks } from './request-sheet.tsx';
import { requestPath, useRequest } from './use-request.ts';

export function RequestScreen({ id }: { readonly id: string }) {
  const text = useMessages('requests');
  const request = useRequest(id).data;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="requests" href="/requests">
            {text.title}
          </Link>,
          id,
        ]}
        title={request?.model || text.detail.request}
        badge={request && <StatusBadge status={request.status} />}
        actions={
          <>
            <ShowApiCall path={requestPath(id)} />
            <CopyButton value={id} text={text.detail.id} />
            <RequestLinks id={id} />
          </>
        }
      />
      <Guarded permission="requests:read">
        <RequestContent id={id} />
      </Guarded>
    </>
  );
}
