'use client';
/** What the operator resells and at which markup. Markups are changed where prices are. */
import type { MarkupRule } from '@tollgate/api';
import { Badge, Button, type ColumnDef } from '@tollgate/ui';
import { Plug } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList, useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ListSection } from '../common/list-section.tsx';
import { idOf } from '../common/use-list-props.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { formatBasisPoints } from './basis-points.ts';
import { RESOLD_PATH } from './operator-api.ts';

interface ResoldCredential {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly livemode: boolean;
}

interface ResaleRow extends ResoldCredential {
  readonly providerName: string;
  /** For everybody. */
  readonly markup: MarkupRule | undefined;
  readonly ownMarkups: number;
}

export function Resale() {
  const text = useMessages('operator').resale;
  const credentials = useApiQuery<{ readonly data: readonly ResoldCredential[] }>(RESOLD_PATH);
  const rules = useApiList<MarkupRule>('/operator/markup-rules?limit=200');
  const columns = useColumns();
  const providerName = useProviderName();
  const inForce = rules.rows.filter(({ state }) => state === 'in-force');
  const rows = (credentials.data?.data ?? []).map((credential): ResaleRow => {
    const own = inForce.filter(({ credentialId }) => credentialId === credential.id);
    return {
      ...credential,
      providerName: providerName(credential.provider),
      markup: own.find(({ organizationId }) => organizationId === null),
      ownMarkups: own.filter(({ organizationId }) => organizationId !== null).length,
    };
  });
  return (
    <ListSection
      text={text.text}
      actions={
        <span className="flex flex-wrap gap-2">
          <Button asChild>
            <Link href="/prices?layer=operator">{text.prices}</Link>
          </Button>
          <Button asChild>
            <Link href="/prices?tab=markup">{text.change}</Link>
          </Button>
        </span>
      }
      caption={text.text}
      columns={columns}
      rows={rows}
      getRowId={idOf}
      list={credentials}
      empty={{ icon: <Plug />, title: text.emptyTitle, text: text.emptyText }}
    />
  );
}

function useColumns(): ColumnDef<ResaleRow>[] {
  const text = useMessages('operator').resale;
  const locale = useLocale();
  return useMemo<ColumnDef<ResaleRow>[]>(
    () => [
      {
        id: 'name',
        header: text.credential,
        accessorKey: 'name',
        cell: ({ getValue }) => <span className="font-medium wrap-anywhere">{getValue<string>()}</span>,
      },
      {
        id: 'provider',
        header: text.provider,
        accessorKey: 'providerName',
        meta: { wideOnly: true },
      },
      {
        id: 'traffic',
        header: text.traffic,
        accessorFn: ({ livemode }) => (livemode ? 1 : 0),
        cell: ({ row: { original } }) => (
          <Badge tone={original.livemode ? 'accent' : 'info'}>
            {original.livemode ? text.live : text.test}
          </Badge>
        ),
      },
      {
        id: 'markup',
        header: text.markup,
        accessorFn: ({ markup }) => markup?.basisPoints ?? 0,
        meta: { align: 'right' },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col items-end">
            {original.markup === undefined ? (
              <span className="text-ink-faint">{text.none}</span>
            ) : (
              <span className="tabular">{formatBasisPoints(original.markup.basisPoints, locale)}</span>
            )}
            {original.ownMarkups > 0 && (
              <span className="text-xs text-ink-faint">{text.markupOwn(original.ownMarkups)}</span>
            )}
          </span>
        ),
      },
    ],
    [text, locale],
  );
}
