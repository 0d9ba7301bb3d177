'use client';
/** What is wrong with keys, and how many it is true of. */
import { Button, Card, Skeleton } from '@tollgate/ui';
import { ChevronRight, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

interface Hygiene {
  readonly data: readonly { readonly kind: string; readonly count: number; readonly more: boolean }[];
}

export function KeysToWatch() {
  const text = useMessages('overview');
  const locale = useLocale();
  const names: Readonly<Record<string, string>> = text.findings;
  const allowed = usePermission('keys:read');
  const hygiene = useApiQuery<Hygiene>('/keys/hygiene', { enabled: allowed, staleTime: 60_000 });
  if (!allowed || hygiene.isError) return null;
  const rows = (hygiene.data?.data ?? []).filter(({ kind, count }) => count > 0 && names[kind] !== undefined);
  return (
    <Card
      title={text.keys}
      footer={
        <Button asChild variant="link" size="sm">
          <Link href="/key-hygiene">{text.toKeys}</Link>
        </Button>
      }
    >
      {hygiene.isLoading ? (
        <Skeleton className="h-40" />
      ) : rows.length === 0 ? (
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <ShieldCheck aria-hidden className="size-4 text-positive" />
          {text.keysFine}
        </p>
      ) : (
        <ul className="-my-1 flex flex-col">
          {rows.map(({ kind, count, more }) => (
            <li key={kind} className="border-b border-line last:border-0">
              <Link
                href={`/key-hygiene?finding=${kind}`}
                className="-mx-2 flex min-h-9 items-center gap-3 rounded-sm px-2 text-sm text-ink-soft hover:bg-hover hover:text-ink"
              >
                <span className="min-w-0 flex-1">{names[kind]}</span>
                <span className="tabular font-medium text-ink">
                  {count.toLocaleString(locale)}
                  {more && '+'}
                </span>
                <ChevronRight aria-hidden className="size-4 text-ink-faint" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
