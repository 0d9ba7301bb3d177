'use client';
/** What the operator resells and at which markup: connected, changed and deleted here. Markups are changed where prices are. */
import type { MarkupRule, ProviderCredential } from '@tollgate/api';
import { Badge, Button, type ColumnDef } from '@tollgate/ui';
import { Plug, Plus } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ListSection } from '../common/list-section.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { useEvery } from '../common/use-every.ts';
import { idOf } from '../common/use-list-props.ts';
import { LastTest } from '../providers/last-test.tsx';
import { CredentialPathProvider, useProviderName } from '../providers/provider-api.ts';
import { formatBasisPoints } from './basis-points.ts';
import { NewResoldSpendCard } from './new-resold-spend.tsx';
import { RESOLD_PATH } from './operator-api.ts';
import { type OpenedResale, ResaleDialog, type ResaleDialogProps, ResaleMenu } from './resale-actions.tsx';

interface ResaleRow extends ProviderCredential {
  readonly providerName: string;
  /** For everybody. */
  readonly markup: MarkupRule | undefined;
  readonly ownMarkups: number;
}

export function Resale() {
  const text = useMessages('operator').resale;
  const credentials = useEvery<ProviderCredential>(RESOLD_PATH);
  const rules = useApiList<MarkupRule>('/operator/markup-rules?limit=200');
  const [opened, setOpened] = useState<OpenedResale>();
  const columns = useColumns(setOpened);
  const providerName = useProviderName();
  const inForce = rules.rows.filter(({ state }) => state === 'in-force');
  const rows = credentials.rows.map((credential): ResaleRow => {
    const own = inForce.filter(({ credentialId }) => credentialId === credential.id);
    return {
      ...credential,
      providerName: providerName(credential.provider),
      markup: own.find(({ organizationId }) => organizationId === null),
      ownMarkups: own.filter(({ organizationId }) => organizationId !== null).length,
    };
  });
  return (
    <CredentialPathProvider value={RESOLD_PATH}>
      <ListSection
        text={text.text}
        actions={
          <span className="flex flex-wrap gap-2">
            <Button variant="primary" icon={<Plus />} onClick={() => setOpened({ kind: 'add' })}>
              {text.connect}
            </Button>
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
        onRowClick={(credential) => setOpened({ kind: 'edit', credential })}
      >
        {opened && <ResaleDialog opened={opened} open={setOpened} />}
      </ListSection>
      <div className="mt-6">
        <NewResoldSpendCard />
      </div>
    </CredentialPathProvider>
  );
}

function useColumns(open: ResaleDialogProps['open']): ColumnDef<ResaleRow>[] {
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
      {
        id: 'lastTest',
        header: text.state,
        accessorKey: 'lastTestedAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <LastTest credential={row.original} />,
      },
      actionsColumn((row) => <ResaleMenu credential={row} open={open} />, 'narrow'),
    ],
    [text, locale, open],
  );
}
