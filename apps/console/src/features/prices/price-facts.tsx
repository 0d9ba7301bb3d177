'use client';
/** Components and tiers of a price, and its place in time. */
import type { ListedPrice } from '@tollgate/api';
import { Badge, formatNumber, Money, TimeStamp } from '@tollgate/ui';
import { useCallback } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';

type Components = ListedPrice['components'];

export function useComponentName(): (name: string) => string {
  const names: Readonly<Record<string, string>> = useMessages('models').componentName;
  const text = useMessages('prices');
  return useCallback(
    (name) => {
      const own = names[name];
      if (own !== undefined) return own;
      const detail = name.slice(name.indexOf(':') + 1).replaceAll('_', ' ');
      return name.startsWith('image:') ? text.imageName(detail) : text.unitName(detail);
    },
    [names, text],
  );
}

export function PriceComponents({ price }: { readonly price: Pick<ListedPrice, 'components' | 'tiers'> }) {
  const text = useMessages('models');
  const locale = useLocale();
  return (
    <div className="flex flex-col gap-3">
      <ComponentTable components={price.components} />
      {price.tiers.map((tier) => (
        <div key={tier.aboveInputTokens}>
          <p className="mb-1 text-xs text-ink-soft">
            {text.above(formatNumber(tier.aboveInputTokens, locale))}
          </p>
          <ComponentTable components={tier.components} />
        </div>
      ))}
    </div>
  );
}

function ComponentTable({ components }: { readonly components: Components }) {
  const text = useMessages('models');
  const nameOf = useComponentName();
  return (
    <table className="w-full border-separate border-spacing-0 overflow-hidden rounded-md border border-line text-sm">
      <thead className="sr-only">
        <tr>
          <th scope="col">{text.component}</th>
          <th scope="col">{text.price}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(components).map(([component, price]) => (
          <tr key={component} className="[&:not(:last-child)>*]:border-b [&>*]:border-line">
            <th scope="row" className="px-3 py-1.5 text-left font-normal text-ink-soft">
              {nameOf(component)}
            </th>
            <td className="px-3 py-1.5 text-right">
              <Money value={price.usdPerMillion ?? price.usdPerUnit} />{' '}
              <span className="text-xs text-ink-faint">
                {price.usdPerMillion === null ? text.perUnit : text.perMillionShort}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function PriceStateBadge({ state }: { readonly state: ListedPrice['state'] }) {
  const text = useMessages('prices');
  const tone = state === 'in-force' ? 'positive' : state === 'scheduled' ? 'info' : 'neutral';
  return <Badge tone={tone}>{text.states[state]}</Badge>;
}

export function useLayerName(): (price: Pick<ListedPrice, 'layer' | 'ownCredentialsOnly'>) => string {
  const text = useMessages('prices').layers;
  return useCallback(
    ({ layer, ownCredentialsOnly }) =>
      layer === 'organization' && ownCredentialsOnly ? text.own : text[layer],
    [text],
  );
}

/** Every version of the model, newest first. */
export function PriceTimeline({
  prices,
  shownId,
  onShow,
}: {
  readonly prices: readonly ListedPrice[];
  readonly shownId: string;
  readonly onShow: (price: ListedPrice) => void;
}) {
  const text = useMessages('prices');
  const layerName = useLayerName();
  const ordered = prices.toSorted((left, right) => right.validFrom.localeCompare(left.validFrom));
  return (
    <ol className="flex flex-col border-l border-line">
      {ordered.map((price) => (
        <li key={price.id} className="relative py-1.5 pl-4">
          <span
            aria-hidden
            className={`absolute top-3.5 -left-[4.5px] size-2 rounded-full ${price.state === 'in-force' ? 'bg-accent' : 'bg-line-strong'}`}
          />
          <button
            type="button"
            className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-2 py-1 text-left text-sm hover:bg-hover"
            aria-current={price.id === shownId}
            onClick={() => onShow(price)}
          >
            <TimeStamp value={price.validFrom} format="exact" className="text-ink" />
            <PriceStateBadge state={price.state} />
            <span className="text-ink-soft">{layerName(price)}</span>
            {price.region !== null && <Badge tone="outline">{price.region}</Badge>}
            {price.serviceTier !== 'default' && <Badge tone="outline">{price.serviceTier}</Badge>}
            <span className="ml-auto text-ink-soft">
              <Money value={price.components.input?.usdPerMillion} /> ·{' '}
              <Money value={price.components.output?.usdPerMillion} />
            </span>
            {price.id === shownId && <span className="sr-only">{text.current}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}
