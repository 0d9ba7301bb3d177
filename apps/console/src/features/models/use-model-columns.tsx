'use client';
import type { Model } from '@tollgate/api';
import { Badge, type ColumnDef, CopyButton, Dash, Money, TokenCount, Tooltip } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useProviderName } from '../providers/provider-api.ts';

export function useModelColumns(): ColumnDef<Model>[] {
  const text = useMessages('models');
  const providerName = useProviderName();
  return useMemo<ColumnDef<Model>[]>(
    () => [
      {
        id: 'name',
        header: text.model,
        accessorKey: 'name',
        meta: { fixed: true },
        cell: ({ row }) => <ModelName model={row.original} />,
      },
      {
        id: 'provider',
        header: text.provider,
        accessorFn: ({ provider }) => providerName(provider),
        meta: { wideOnly: true },
      },
      {
        id: 'context',
        header: text.context,
        accessorFn: ({ contextWindow }) => contextWindow ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.contextWindow} />,
      },
      {
        id: 'maxOutput',
        header: text.maxOutput,
        accessorFn: ({ maxOutputTokens }) => maxOutputTokens ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.maxOutputTokens} />,
      },
      priceColumn('input', text.input),
      priceColumn('cachedInput', text.cachedInput),
      priceColumn('output', text.output),
      {
        id: 'abilities',
        header: text.abilities,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Abilities supports={row.original.abilities.supports} />,
      },
    ],
    [text, providerName],
  );
}

function priceColumn(component: string, header: string): ColumnDef<Model> {
  return {
    id: component,
    header,
    accessorFn: ({ price }) => Number(price?.components[component]?.usdPerMillion ?? -1),
    meta: { align: 'right', wideOnly: component === 'cachedInput' },
    cell: ({ row: { original } }) =>
      component === 'input' && original.price === null ? (
        <NoPrice />
      ) : (
        <Money value={original.price?.components[component]?.usdPerMillion} />
      ),
  };
}

/** Once for all of its prices. */
function NoPrice() {
  const text = useMessages('models');
  return (
    <Link href="/prices?tab=unknown" className="text-xs text-warning hover:underline">
      {text.noPrice}
    </Link>
  );
}

function ModelName({ model }: { readonly model: Model }) {
  const text = useMessages('models');
  return (
    <span className="flex items-center gap-1.5">
      <code className="font-mono text-xs font-medium wrap-anywhere">{model.name}</code>
      <CopyButton value={model.name} size="sm" />
      {!model.livemode && (
        <Tooltip content={text.testHint}>
          <span>
            <Badge tone="info">{text.test}</Badge>
          </span>
        </Tooltip>
      )}
      {model.deprecatedAt && <Badge tone="warning">{text.deprecated}</Badge>}
    </span>
  );
}

const SHOWN_ABILITIES = 3;

export function useAbilityNames(): (ability: string) => string | undefined {
  const names: Readonly<Record<string, string>> = useMessages('models').ability;
  return (ability) => names[ability];
}

function Abilities({ supports }: { readonly supports: readonly string[] }) {
  const nameOf = useAbilityNames();
  const named = supports.map(nameOf).filter((name) => name !== undefined);
  if (named.length === 0) return <Dash />;
  const rest = named.slice(SHOWN_ABILITIES);
  return (
    <span className="flex flex-wrap gap-1">
      {named.slice(0, SHOWN_ABILITIES).map((name) => (
        <Badge key={name} tone="neutral">
          {name}
        </Badge>
      ))}
      {rest.length > 0 && (
        <Tooltip content={rest.join(', ')}>
          <span>
            <Badge tone="outline">+{rest.length}</Badge>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
