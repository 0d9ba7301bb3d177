'use client';
/** What the operator resells, as far as the list of models tells. Absent where there is nothing. */
import type { Model } from '@tollgate/api';
import { Badge, Card, formatPercent } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { type ServingCredential, useModels } from '../models/model-api.ts';
import { useProviderName } from './provider-api.ts';

interface Resold extends ServingCredential {
  readonly provider: string;
  readonly models: number;
}

export function ResoldCredentials() {
  const text = useMessages('providers');
  const locale = useLocale();
  const providerName = useProviderName();
  const models = useModels();
  const resold = useMemo(() => listResold(models.rows), [models.rows]);
  if (resold.length === 0) return null;
  return (
    <Card title={text.resoldTitle} description={text.resoldText} flush>
      <ul className="border-t border-line">
        {resold.map((credential) => (
          <li
            key={credential.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 text-sm last:border-b-0"
          >
            <span className="font-medium">{credential.name}</span>
            {providerName(credential.provider) !== credential.name && (
              <span className="text-ink-faint">{providerName(credential.provider)}</span>
            )}
            <Badge tone={credential.livemode ? 'accent' : 'info'}>
              {credential.livemode ? text.live : text.test}
            </Badge>
            <span className="tabular ml-auto flex flex-wrap gap-x-4 text-ink-soft">
              {credential.markupBasisPoints > 0 && (
                <span>{text.markup(formatPercent(credential.markupBasisPoints / 10_000, locale))}</span>
              )}
              <Link href={`/models?provider=${credential.provider}`} className="hover:underline">
                {text.modelCount(credential.models)}
              </Link>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function listResold(models: readonly Model[]): readonly Resold[] {
  const found = new Map<string, Resold>();
  for (const model of models) {
    for (const credential of model.credentials) {
      if (credential.owner !== 'operator') continue;
      const before = found.get(credential.id);
      found.set(credential.id, {
        ...credential,
        provider: model.provider,
        models: (before?.models ?? 0) + 1,
      });
    }
  }
  return [...found.values()].sort((left, right) => left.name.localeCompare(right.name));
}
