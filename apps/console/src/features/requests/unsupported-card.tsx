'use client';
/** What the client asked and the provider could not be told. */
import type { RequestSummary } from '@tollgate/api';
import { Badge, Callout } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useProviderName } from '../providers/provider-api.ts';

type Asked = Pick<RequestSummary, 'unsupported' | 'provider'>;

export function UnsupportedCard({ request: { unsupported, provider } }: { readonly request: Asked }) {
  const text = useMessages('requests').unsupported;
  const providerName = useProviderName();
  if (unsupported.length === 0) return null;
  return (
    <Callout tone="info" title={text.title(providerName(provider))}>
      <p className="text-pretty">{text.explanation}</p>
      <ul className="mt-2 flex flex-wrap gap-1" aria-label={text.list}>
        {unsupported.map((name) => (
          <li key={name} className="max-w-full">
            <Badge tone="outline" className="font-mono">
              {name}
            </Badge>
          </li>
        ))}
      </ul>
    </Callout>
  );
}
