'use client';
/** What was agreed with one organization about prices, and taking back what is yet to come. */
import type { ListedPrice, OperatedOrganization, Page } from '@tollgate/api';
import { Badge, Button, Money, TimeStamp } from '@tollgate/ui';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { STALE_AFTER_PRICE_CHANGE } from '../prices/price-api.ts';
import { PriceStateBadge } from '../prices/price-facts.tsx';

const SHOWN = 200;
const CONTRACTS_PATH = '/operator/prices';

export function ContractPrices({ organization }: { readonly organization: OperatedOrganization }) {
  const text = useMessages('operator').organizations;
  const prices = useMessages('prices');
  const [removing, setRemoving] = useState<ListedPrice>();
  const path = withQuery(CONTRACTS_PATH, { organizationId: organization.id, limit: SHOWN });
  const stated = useApiQuery<Page<ListedPrice>>(path);
  const remove = useApiMutation<void, ListedPrice>(
    ({ id }) => ({
      path: withQuery(`${CONTRACTS_PATH}/${id}`, { organizationId: organization.id }),
      method: 'DELETE',
    }),
    { invalidates: STALE_AFTER_PRICE_CHANGE },
  );
  // What it states itself for its own credentials is its own business.
  const rows = (stated.data?.data ?? []).filter(({ ownCredentialsOnly }) => !ownCredentialsOnly);
  if (rows.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{text.contracts}</h3>
      <ul className="flex flex-col">
        {rows.map((price) => (
          <li
            key={price.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2 text-sm"
          >
            <span className="font-mono text-xs wrap-anywhere">
              {price.provider}/{price.model}
            </span>
            <PriceStateBadge state={price.state} />
            {price.region !== null && <Badge tone="outline">{price.region}</Badge>}
            {price.serviceTier !== 'default' && <Badge tone="outline">{price.serviceTier}</Badge>}
            <TimeStamp value={price.validFrom} format="exact" className="text-xs text-ink-faint" />
            <span className="ml-auto flex items-center gap-3 text-ink-soft">
              <span>
                <Money value={price.components.input?.usdPerMillion} /> ·{' '}
                <Money value={price.components.output?.usdPerMillion} />
              </span>
              {price.removable && (
                <Button size="sm" onClick={() => setRemoving(price)}>
                  {prices.remove}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {removing !== undefined && (
        <ConfirmAction
          title={prices.removeTitle(removing.model)}
          confirmLabel={prices.remove}
          run={() => remove.mutateAsync(removing)}
          done={prices.removed}
          onClose={() => setRemoving(undefined)}
        >
          {prices.removeText}
        </ConfirmAction>
      )}
    </section>
  );
}
