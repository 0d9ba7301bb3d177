'use client';
/** Prices: the book, what is missing in it, what usage would have cost elsewhere, and rating a period again. */
import type { ListedPrice } from '@tollgate/api';
import { Button, Callout, PageHeader, Tabs, useNowMs } from '@tollgate/ui';
import { Tag } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  MARKUP_RULES_PATH,
  RERATINGS_PATH,
  useIsOperator,
  useUnknownPath,
  WHAT_IF_PATH,
} from './price-api.ts';
import type { PriceBase } from './price-form-values.ts';
import { PriceTable, usePricesPath } from './price-table.tsx';
import type { ReratingStart } from './rerating-dialog.tsx';
import { readQuestion, toShownBody } from './what-if-question.ts';

const MarkupRules = later(async () => (await import('./markup-rules.tsx')).MarkupRules);
const PriceDialog = later(async () => (await import('./price-dialog.tsx')).PriceDialog);
const PriceSheet = later(async () => (await import('./price-sheet.tsx')).PriceSheet);
const ReratingDialog = later(async () => (await import('./rerating-dialog.tsx')).ReratingDialog);
const Reratings = later(async () => (await import('./reratings.tsx')).Reratings);
const UnknownPrices = later(async () => (await import('./unknown-prices.tsx')).UnknownPrices);
const WhatIf = later(async () => (await import('./what-if.tsx')).WhatIf);

const TABS = ['book', 'unknown', 'compare', 'rerating', 'markup'] as const;
type Tab = (typeof TABS)[number];

const amountOf = (component: string) => (price: ListedPrice) =>
  price.components[component]?.usdPerMillion ?? price.components[component]?.usdPerUnit;

const PRICES_CSV = {
  id: ({ id }: ListedPrice) => id,
  provider: ({ provider }: ListedPrice) => provider,
  model: ({ model }: ListedPrice) => model,
  region: ({ region }: ListedPrice) => region,
  serviceTier: ({ serviceTier }: ListedPrice) => serviceTier,
  layer: ({ layer }: ListedPrice) => layer,
  state: ({ state }: ListedPrice) => state,
  validFrom: ({ validFrom }: ListedPrice) => validFrom,
  statedAt: ({ statedAt }: ListedPrice) => statedAt,
  ownCredentialsOnly: ({ ownCredentialsOnly }: ListedPrice) => ownCredentialsOnly,
  inputUsdPerMillion: amountOf('input'),
  cachedInputUsdPerMillion: amountOf('cachedInput'),
  outputUsdPerMillion: amountOf('output'),
  components: ({ components }: ListedPrice) => JSON.stringify(components),
  tiers: ({ tiers }: ListedPrice) => JSON.stringify(tiers),
  source: ({ source }: ListedPrice) => source,
};

type Opened =
  | { readonly kind: 'state'; readonly base?: PriceBase }
  | { readonly kind: 'rate-again'; readonly start: ReratingStart };

export function PricesScreen() {
  const text = useMessages('prices');
  const url = useUrlState();
  const isOperator = useIsOperator();
  const tabs = TABS.filter((each) => each !== 'markup' || isOperator);
  const tab: Tab = tabs.find((each) => each === url.get('tab')) ?? 'book';
  const mayWrite = usePermission('prices:write');
  const [opened, setOpened] = useState<Opened>();
  const bookPath = usePricesPath();
  const paths: Readonly<Record<Exclude<Tab, 'compare'>, string>> = {
    book: bookPath,
    unknown: useUnknownPath(),
    rerating: RERATINGS_PATH,
    markup: MARKUP_RULES_PATH,
  };
  const question = toShownBody(readQuestion(url.get), useNowMs());
  const openTab = (next: Tab) =>
    url.set({
      tab: next === 'book' ? undefined : next,
      price: undefined,
      from: undefined,
      to: undefined,
      mode: undefined,
    });
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            {tab === 'compare' ? (
              <ShowApiCall path={WHAT_IF_PATH} method="POST" json={question} />
            ) : (
              <ShowApiCall path={paths[tab]} />
            )}
            {tab === 'book' && (
              <ListCsv<ListedPrice>
                permission="prices:read"
                path={bookPath}
                name="prices"
                columns={PRICES_CSV}
              />
            )}
            {mayWrite && (
              <Button variant="primary" icon={<Tag />} onClick={() => setOpened({ kind: 'state' })}>
                {text.override}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="prices:read">
        <Tabs
          aria-label={text.title}
          value={tab}
          onValueChange={(value) => openTab(TABS.find((each) => each === value) ?? 'book')}
          items={tabs.map((value) => ({
            value,
            label: text.tabs[value],
            content: value === tab && <TabContent tab={value} onOpen={setOpened} />,
          }))}
        />
      </Guarded>
      {opened?.kind === 'state' && (
        <PriceDialog
          base={opened.base}
          onClose={() => setOpened(undefined)}
          onStated={(price) => {
            const past = Date.parse(price.validFrom) < Date.now() - 60_000;
            const start = {
              provider: price.provider,
              model: price.model,
              from: price.validFrom,
              resoldToo: !price.ownCredentialsOnly,
            };
            setOpened(past ? { kind: 'rate-again', start } : undefined);
          }}
        />
      )}
      {opened?.kind === 'rate-again' && (
        <ReratingDialog
          start={opened.start}
          onClose={() => setOpened(undefined)}
          onBegun={() => {
            setOpened(undefined);
            openTab('rerating');
          }}
        />
      )}
    </>
  );
}

function TabContent({ tab, onOpen }: { readonly tab: Tab; readonly onOpen: (opened: Opened) => void }) {
  switch (tab) {
    case 'book':
      return <PriceBook onOverride={(base) => onOpen({ kind: 'state', base })} />;
    case 'unknown':
      return (
        <UnknownPrices
          onSetPrice={({ provider, model }) => onOpen({ kind: 'state', base: { provider, model } })}
          onRateAgain={({ provider, model, firstSeenAt, credentialOwner }) =>
            onOpen({
              kind: 'rate-again',
              start: { provider, model, from: firstSeenAt, resoldToo: credentialOwner === 'operator' },
            })
          }
        />
      );
    case 'compare':
      return <WhatIf />;
    case 'rerating':
      return <Reratings onBegin={() => onOpen({ kind: 'rate-again', start: {} })} />;
    case 'markup':
      return <MarkupRules />;
  }
}

function PriceBook({ onOverride }: { readonly onOverride: (base: PriceBase) => void }) {
  const text = useMessages('prices');
  const url = useUrlState();
  const id = url.get('price');
  // What was pressed is there already; a link asks for its price.
  const [pressed, setPressed] = useState<ListedPrice>();
  const open = (price: ListedPrice | undefined) => {
    setPressed(price);
    url.set({ price: price?.id });
  };
  const found = useApiQuery<ListedPrice>(id && `/prices/${encodeURIComponent(id)}`, {
    ...(pressed !== undefined && pressed.id === id && { placeholderData: pressed }),
    retry: false,
  });
  const shown = id === undefined ? undefined : found.data;
  return (
    <>
      <PriceTable openedId={id} onOpen={open} />
      {id !== undefined && found.error !== null && (
        <Callout tone="negative" live>
          {text.priceGone}
        </Callout>
      )}
      {shown !== undefined && (
        <PriceSheet
          price={shown}
          onShow={open}
          onOverride={(price) => {
            open(undefined);
            onOverride({ provider: price.provider, model: price.model, price });
          }}
          onClose={() => open(undefined)}
        />
      )}
    </>
  );
}
