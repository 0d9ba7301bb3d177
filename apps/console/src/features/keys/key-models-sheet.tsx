'use client';
/** Which models are within a key's reach, and what stands in the way of the others. */
import type { KeyModel } from '@tollgate/api';
import { Button, Select, Sheet, SkeletonText } from '@tollgate/ui';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { QueryError } from '../common/query-error.tsx';
import { SearchField } from '../common/search-field.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useReachText } from './use-reach-text.ts';

const REACHES = ['reachable', 'withheld'] as const;
type Reach = (typeof REACHES)[number];

export interface KeyModelsSheetProps {
  readonly keyId: string;
  readonly onClose: () => void;
}

export function KeyModelsSheet({ keyId, onClose }: KeyModelsSheetProps) {
  const text = useReachText();
  const [q, setQ] = useState('');
  const [reach, setReach] = useState<Reach>('reachable');
  const path = withQuery(`/keys/${encodeURIComponent(keyId)}/models`, { limit: 50, q: q.trim(), reach });
  const models = useApiList<KeyModel>(path);
  return (
    <Sheet
      open
      onClose={onClose}
      title={text.title}
      description={text.text}
      footer={<ShowApiCall path={path} />}
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-2">
          <SearchField label={text.search} value={q} onChange={setQ} />
          <Select<Reach>
            aria-label={text.title}
            value={reach}
            onValueChange={setReach}
            options={REACHES.map((value) => ({ value, label: text.reaches[value] }))}
          />
        </div>
        {models.isLoading && <SkeletonText lines={6} />}
        {models.error && models.rows.length === 0 && <QueryError query={models} />}
        {models.data && models.rows.length === 0 && (
          <p className="text-sm text-ink-soft">{q === '' ? text.none[reach] : text.noMatch}</p>
        )}
        {models.rows.length > 0 && (
          <ul aria-label={text.reaches[reach]} className="flex flex-col divide-y divide-line">
            {models.rows.map((model) => (
              <ModelRow key={model.id} model={model} />
            ))}
          </ul>
        )}
        {models.hasNextPage && (
          <Button
            size="sm"
            className="self-start"
            loading={models.isFetchingNextPage}
            onClick={() => void models.fetchNextPage()}
          >
            {text.more}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

function ModelRow({ model: { name, provider, withheldBy } }: { readonly model: KeyModel }) {
  const text = useReachText();
  return (
    <li className="flex flex-col gap-0.5 py-2 text-sm">
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium wrap-anywhere text-ink">{name}</span>
        {provider !== null && <span className="text-xs text-ink-faint">{provider}</span>}
      </span>
      {withheldBy.map((by) => (
        <span key={by} className="text-xs text-ink-soft">
          {text.withheldBy[by]}
        </span>
      ))}
    </li>
  );
}
