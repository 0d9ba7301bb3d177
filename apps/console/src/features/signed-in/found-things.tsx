'use client';
/**
 * What the palette finds besides keys and teams. Loaded with the first letters that are typed.
 *
 * Members, service accounts and models are asked for in their lists; everything else comes in one answer for all kinds, so that
 * typing on costs no more questions than a page.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { FoundThing, Member, Model, ServiceAccount } from '@tollgate/api';
import type { CommandItem } from '@tollgate/ui';
import {
  BellRing,
  Bookmark,
  Bot,
  Boxes,
  FileChartColumn,
  FileMinus2,
  Gauge,
  Megaphone,
  Plug,
  ReceiptText,
  ShieldCheck,
  UserRound,
  WalletMinimal,
  Waypoints,
  Webhook,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { toAddress } from '../requests/saved-view-types.ts';
import { isNumberLike } from './found-ids.ts';

const FOUND = 6;
const FRESH_MS = 60_000;

export interface Search {
  readonly query: string;
  readonly signal: AbortSignal;
  readonly client: QueryClient;
  readonly go: (href: string) => void;
}

type Row = Pick<CommandItem, 'id' | 'label' | 'hint'> & { readonly href: string };

const LISTED = {
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
} as const satisfies Record<string, (search: Search) => Promise<readonly Row[]>>;

type ListedKind = keyof typeof LISTED;
export type ThingKind = ListedKind | FoundThing['kind'];

/** Where each is shown. */
const HREF: Readonly<Record<FoundThing['kind'], (found: FoundThing) => string>> = {
  route: ({ id }) => `/routes/${id}`,
  budget: ({ id }) => withQuery('/budgets', { open: id }),
  'rate-limit': ({ id }) => withQuery('/rate-limits', { open: id }),
  'provider-credential': ({ id }) => withQuery('/providers', { q: id }),
  'alert-rule': () => withQuery('/alerts', { tab: 'rules' }),
  'notification-channel': () => withQuery('/alerts', { tab: 'channels' }),
  'webhook-endpoint': ({ id }) => withQuery('/alerts', { tab: 'webhooks', endpoint: id }),
  invoice: ({ id }) => `/invoices/${id}`,
  'credit-note': ({ id }) => withQuery('/invoices', { kind: 'notes', note: id }),
  role: () => withQuery('/members', { tab: 'roles' }),
  'saved-view': ({ id, question }) =>
    withQuery('/requests', { ...(question !== null && toAddress(question)), view: id }),
  'saved-report': ({ id }) => withQuery('/usage', { report: id }),
};

const ICON: Readonly<Record<ThingKind, ReactNode>> = {
  members: <UserRound aria-hidden />,
  'service-accounts': <Bot aria-hidden />,
  models: <Boxes aria-hidden />,
  route: <Waypoints aria-hidden />,
  budget: <WalletMinimal aria-hidden />,
  'rate-limit': <Gauge aria-hidden />,
  'provider-credential': <Plug aria-hidden />,
  'alert-rule': <BellRing aria-hidden />,
  'notification-channel': <Megaphone aria-hidden />,
  'webhook-endpoint': <Webhook aria-hidden />,
  invoice: <ReceiptText aria-hidden />,
  'credit-note': <FileMinus2 aria-hidden />,
  role: <ShieldCheck aria-hidden />,
  'saved-view': <Bookmark aria-hidden />,
  'saved-report': <FileChartColumn aria-hidden />,
};

/** People and machines are not looked for by numbers. */
const BY_NAME: readonly ThingKind[] = ['members', 'service-accounts'];

export async function findThings(kind: ThingKind, search: Search): Promise<readonly CommandItem[]> {
  if (BY_NAME.includes(kind) && isNumberLike(search.query)) return [];
  const rows: readonly Row[] = isListed(kind) ? await LISTED[kind](search) : await foundOf(kind, search);
  return rows.map(({ href, hint, ...row }) => ({
    ...row,
    ...(hint !== undefined && { hint }),
    icon: ICON[kind],
    onSelect: () => search.go(href),
  }));
}

const isListed = (kind: ThingKind): kind is ListedKind => Object.hasOwn(LISTED, kind);

async function asked<T>(path: string, { query, signal }: Search): Promise<readonly T[]> {
  return (await apiFetch<ApiPage<T>>(withQuery(path, { q: query, limit: FOUND }), { signal })).data;
}

/** Each kind asks, and one question goes out: they share its answer. */
async function foundOf(kind: FoundThing['kind'], { query, client }: Search): Promise<readonly Row[]> {
  const path = withQuery('/search', { q: query.trim() });
  const { data } = await client.fetchQuery({
    queryKey: apiQueryKey(path),
    queryFn: ({ signal }) => apiFetch<{ readonly data: readonly FoundThing[] }>(path, { signal }),
    staleTime: FRESH_MS,
  });
  return data
    .filter((found) => found.kind === kind)
    .map((found) => ({
      id: found.id,
      label: found.name,
      ...(found.hint !== '' && { hint: found.hint }),
      href: HREF[kind](found),
    }));
}
