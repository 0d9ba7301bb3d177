'use client';
/** One price: every component and tier, who states it and since when, and what came before and comes after. */
import type { ListedPrice } from '@tollgate/api';
import { Button, Callout, DefinitionList, Sheet, TimeStamp } from '@tollgate/ui';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useEvery } from '../common/use-every.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { STALE_AFTER_PRICE_CHANGE, useIsOperator } from './price-api.ts';
import { PriceComponents, PriceStateBadge, PriceTimeline, useLayerName } from './price-facts.tsx';

export interface PriceSheetProps {
  readonly price: ListedPrice;
  readonly onShow: (price: ListedPrice) => void;
  readonly onOverride: (price: ListedPrice) => void;
  readonly onClose: () => void;
}

export function PriceSheet({ price, onShow, onOverride, onClose }: PriceSheetProps) {
  const text = useMessages('prices');
  const providerName = useProviderName();
  const layerName = useLayerName();
  const mayWrite = usePermission('prices:write');
  const isOperator = useIsOperator();
  const [removing, setRemoving] = useState(false);
  const series = useEvery<ListedPrice>(
    withQuery('/prices', { provider: price.provider, model: price.model }),
  );
  const ofOperator = price.state === 'scheduled' && price.layer !== 'catalogue' && isOperator;
  return (
    <Sheet
      open
      size="lg"
      onClose={onClose}
      title={price.model}
      description={providerName(price.provider)}
      footer={
        <>
          <ShowApiCall path={`/prices/${price.id}`} />
          {mayWrite && (price.removable || ofOperator) && (
            <Button variant="dangerGhost" icon={<Trash2 />} onClick={() => setRemoving(true)}>
              {text.remove}
            </Button>
          )}
          {mayWrite && (
            <Button variant="primary" onClick={() => onOverride(price)}>
              {text.overrideThis}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <DefinitionList
          items={[
            { term: text.state, value: <PriceStateBadge state={price.state} /> },
            { term: text.layer, value: layerName(price) },
            { term: text.validFrom, value: <TimeStamp value={price.validFrom} format="exact" /> },
            { term: text.region, value: price.region ?? text.anyRegion },
            { term: text.serviceTier, value: price.serviceTier },
            { term: text.source, value: price.source || '–' },
            { term: text.statedAt, value: <TimeStamp value={price.statedAt} format="exact" /> },
          ]}
        />
        {price.ownCredentialsOnly && <Callout>{text.ownOnly}</Callout>}
        <section>
          <h3 className="mb-2 text-sm font-semibold">{text.components}</h3>
          <PriceComponents price={price} />
        </section>
        <section>
          <h3 className="mb-2 text-sm font-semibold">{text.history}</h3>
          <PriceTimeline
            prices={series.rows.length > 0 ? series.rows : [price]}
            shownId={price.id}
            onShow={onShow}
          />
        </section>
      </div>
      {removing && <RemoveDialog price={price} onClose={() => setRemoving(false)} onRemoved={onClose} />}
    </Sheet>
  );
}

function RemoveDialog({
  price,
  onClose,
  onRemoved,
}: {
  readonly price: ListedPrice;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}) {
  const text = useMessages('prices');
  const organizationId = useMe().data?.organizationId;
  const remove = useApiMutation<void, ListedPrice>(
    ({ id, removable, layer }) => ({
      path: removable
        ? `/prices/${id}`
        : withQuery(`/operator/prices/${id}`, {
            organizationId: layer === 'organization' ? (organizationId ?? undefined) : undefined,
          }),
      method: 'DELETE',
    }),
    { invalidates: STALE_AFTER_PRICE_CHANGE },
  );
  return (
    <ConfirmAction
      title={text.removeTitle(price.model)}
      confirmLabel={text.remove}
      run={() => remove.mutateAsync(price)}
      done={text.removed}
      onDone={onRemoved}
      onClose={onClose}
    >
      {text.removeText}
    </ConfirmAction>
  );
}
