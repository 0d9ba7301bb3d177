'use client';
/**
 * What the palette finds besides keys, teams and routes. Loaded with the first letters that are typed.
 *
 * Members, service accounts and models are asked for by what is typed; short lists are asked for once and looked through here, so
 * that typing on costs no more questions than a page.
 */
import type { QueryClient } from '@tanstack/react-query';
import type {
  Budget,
  InvoiceListItem,
  Member,
  Model,
  ProviderCredential,
  ServiceAccount,
} from '@tollgate/api';
import type { CommandItem } from '@tollgate/ui';
import { Bot, Boxes, Gauge, Plug, ReceiptText, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { apiFetch } from '../../api/client.ts';
import { withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { isNumberLike } from './found-ids.ts';
import { paletteList } from './palette-list.ts';

const FOUND = 6;
const LIST_ROWS = 200;
const BUDGET_ROWS = 1_000;

export interface Search {
  readonly query: string;
  readonly signal: AbortSignal;
  readonly client: QueryClient;
  readonly go: (href: string) => void;
}

type Row = Pick<CommandItem, 'id' | 'label' | 'hint'> & { readonly href: string };

const FINDERS = {
  members: async (search: Search) =>
    (await asked<Member>('/members', search)).map(({ id, name, email }) => ({
      id,
      label: name || email,
      hint: name ? email : undefined,
      href: withQuery('/members', { q: email }),
    })),
  'service-accounts': async (search: Search) =>
    (await asked<ServiceAccount>('/service-accounts', search)).map(({ id, name }) => ({
      id,
      label: name,
      href: withQuery('/service-accounts', { open: id }),
    })),
  models: async (search: Search) =>
    (await asked<Model>('/models', search)).map(({ id, provider }) => ({
      id,
      label: id,
      hint: provider,
      href: withQuery('/models', { model: id }),
    })),
  budgets: async (search: Search) =>
    fitting(await listed<Budget>('/budgets', search, BUDGET_ROWS), search, ({ name }) => [name]).map(
      ({ id, name }) => ({
        id,
        label: name,
        href: withQuery('/budgets', { open: id }),
      }),
    ),
  providers: async (search: Search) =>
    fitting(await listed<ProviderCredential>('/provider-credentials', search), search, (row) => [
      row.name,
      row.provider,
    ]).map(({ id, name, provider }) => ({
      id,
      label: name,
      hint: provider,
      href: withQuery('/providers', { q: name }),
    })),
  invoices: async (search: Search) =>
    fitting(await listed<InvoiceListItem>('/invoices', search), search, ({ number }) => [number ?? '']).map(
      ({ id, number }) => ({ id, label: number ?? id, href: `/invoices/${id}` }),
    ),
} as const satisfies Record<string, (search: Search) => Promise<readonly Row[]>>;

export type ThingKind = keyof typeof FINDERS;

const ICON: Readonly<Record<ThingKind, ReactNode>> = {
  members: <UserRound aria-hidden />,
  'service-accounts': <Bot aria-hidden />,
  models: <Boxes aria-hidden />,
  budgets: <Gauge aria-hidden />,
  providers: <Plug aria-hidden />,
  invoices: <ReceiptText aria-hidden />,
};

/** People and machines are looked for by name, invoices by number: what is typed is asked of one or the other. */
const BY_NAME: readonly ThingKind[] = ['members', 'service-accounts', 'providers'];

export async function findThings(kind: ThingKind, search: Search): Promise<readonly CommandItem[]> {
  const numberLike = isNumberLike(search.query);
  if (numberLike ? BY_NAME.includes(kind) : kind === 'invoices') return [];
  const rows: readonly Row[] = await FINDERS[kind](search);
  return rows.map(({ href, hint, ...row }) => ({
    ...row,
    ...(hint !== undefined && { hint }),
    icon: ICON[kind],
    onSelect: () => search.go(href),
  }));
}

async function asked<T>(path: string, { query, signal }: Search): Promise<readonly T[]> {
  return (await apiFetch<ApiPage<T>>(withQuery(path, { q: query, limit: FOUND }), { signal })).data;
}

async function listed<T>(path: string, { client }: Search, limit = LIST_ROWS): Promise<readonly T[]> {
  return client.fetchQuery(paletteList<T>(withQuery(path, { limit })));
}

function fitting<T>(
  rows: readonly T[],
  { query }: Search,
  textsOf: (row: T) => readonly string[],
): readonly T[] {
  const wanted = query.toLowerCase();
  return rows
    .filter((row) => textsOf(row).some((text) => text.toLowerCase().includes(wanted)))
    .slice(0, FOUND);
}
