'use client';
/** What the client asked and the provider could not be told. */
import type { RequestSummary } from '@tollgate/api';
import { Callout } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useProviderName } from '../providers/provider-api.ts';

type Asked = Pick<RequestSummary, 'unsupported' | 'provider'>;

export function UnsupportedCard({ request: { unsupported, provider } }: { readonly request: Asked }) {
  const text = useMessages('requests').unsupported;
  const providerName = useProviderName();
  if (unsupported.length === 0) return null;
  return (
    <Callout tone="info" title={text.title(providerName(provider), unsupported.join(', '))}>
      <p className="text-pretty">{text.explanation}</p>
    </Callout>
  );
}
