'use client';
import type { KeyDetail, RequestSummary } from '@tollgate/api';
import { Button, EmptyState } from '@tollgate/ui';
import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { RequestsTable } from '../requests/requests-table.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const SHOWN = 10;
const REFRESH_MS = 5_000;

export function KeyRecentRequests({ subject }: { readonly subject: KeyDetail }) {
  const text = useMessages('keys').page;
  const q = `key:${subject.id}`;
  const allowed = usePermission('requests:read');
  const requests = useApiList<RequestSummary>(withQuery('/requests', { q, limit: SHOWN }), {
    enabled: allowed,
    refetchIntervalMs: REFRESH_MS,
  });
  if (!allowed) return null;
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-base font-semibold text-ink">{text.recent}</h2>
        <Button asChild variant="link" size="sm">
          <Link href={withQuery('/requests', { q })}>{text.allRequests}</Link>
        </Button>
      </div>
      <RequestsTable
        list={{ ...requests, rows: requests.rows.slice(0, SHOWN), hasNextPage: false }}
        caption={text.recent}
        hiddenColumns={['key', 'team']}
        empty={
          <EmptyState icon={<ScrollText />} title={text.noRequests}>
            {text.noRequestsText}
          </EmptyState>
        }
      />
    </section>
  );
}
