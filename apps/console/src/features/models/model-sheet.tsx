'use client';
/** One model: every price component and tier, abilities, and through which credentials it is reached. */
import type { Model, Price } from '@tollgate/api';
import {
  Badge,
  CopyButton,
  Dash,
  DefinitionList,
  formatPercent,
  Sheet,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { PriceComponents } from '../prices/price-facts.tsx';
import { useProviderName } from '../providers/provider-api.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useAbilityNames } from './use-model-columns.tsx';

export function ModelSheet({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const text = useMessages('models');
  const nameOf = useAbilityNames();
  const providerName = useProviderName();
  const { abilities } = model;
  return (
    <Sheet
      open
      onClose={onClose}
      title={model.name}
      description={providerName(model.provider)}
      footer={<ShowApiCall path={withQuery('/models', { names: model.id })} />}
    >
      <div className="flex flex-col gap-5">
        <p className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">{model.id}</code>
          <CopyButton value={model.id} />
        </p>
        <DefinitionList
          items={[
            { term: text.context, value: <TokenCount value={model.contextWindow} full /> },
            { term: text.maxOutput, value: <TokenCount value={model.maxOutputTokens} full /> },
            { term: text.mode, value: model.mode ?? <Dash /> },
            {
              term: text.modalities,
              value:
                abilities.modalitiesIn.length > 0
                  ? `${abilities.modalitiesIn.join(', ')} → ${abilities.modalitiesOut.join(', ')}`
                  : '–',
            },
            ...(model.aliases.length > 0 ? [{ term: text.aliases, value: model.aliases.join(', ') }] : []),
          ]}
        />
        <section>
          <h3 className="mb-2 text-sm font-semibold">{text.abilities}</h3>
          <ul className="flex flex-wrap gap-1">
            {abilities.supports.map((ability) => (
              <li key={ability}>
                <Badge>{nameOf(ability) ?? ability.replaceAll('_', ' ')}</Badge>
              </li>
            ))}
          </ul>
        </section>
        <Prices price={model.price} />
        <Link
          href={`/prices?q=${encodeURIComponent(model.name)}&provider=${encodeURIComponent(model.provider)}`}
          className="text-sm text-accent-ink hover:underline"
        >
          {text.pricesOverTime}
        </Link>
        <Credentials model={model} />
      </div>
    </Sheet>
  );
}

function Prices({ price }: { readonly price: Price | null }) {
  const text = useMessages('models');
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{text.allPrices}</h3>
      {price === null ? (
        <p className="text-sm text-warning">{text.noPrice}</p>
      ) : (
        <div className="flex flex-col gap-3">
          <PriceComponents price={price} />
          <p className="text-xs text-ink-faint">
            {text.validFrom} <TimeStamp value={price.validFrom} format="exact" /> · {text.source}:{' '}
            {price.source}
          </p>
        </div>
      )}
    </section>
  );
}

function Credentials({ model }: { readonly model: Model }) {
  const text = useMessages('models');
  const locale = useLocale();
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{text.credentials}</h3>
      <ul className="flex flex-col gap-1.5 text-sm">
        {model.credentials.map((credential) => (
          <li key={credential.id} className="flex flex-wrap items-center gap-2">
            <span>{credential.name}</span>
            <Badge tone="outline">{text[credential.owner]}</Badge>
            {!credential.livemode && <Badge tone="info">{text.test}</Badge>}
            {credential.markupBasisPoints > 0 && (
              <span className="text-ink-faint">
                {text.markup(formatPercent(credential.markupBasisPoints / 10_000, locale))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
