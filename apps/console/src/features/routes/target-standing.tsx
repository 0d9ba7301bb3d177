'use client';
/** Under a target: what it costs, and how those who serve it did in the last day. */
import type { Model } from '@tollgate/api';
import { formatCount, formatMoney, formatNumber, formatPercent, StatusBadge, Tooltip } from '@tollgate/ui';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import type { ServingCredential } from '../models/model-api.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { useEditorText } from './use-editor-text.ts';
import { useTargetFacts } from './use-targets.tsx';

const SHOWN_CREDENTIALS = 3;

export interface TargetStandingProps {
  readonly model: string;
  /** Empty: any. */
  readonly credentialId: string;
  readonly allowResold: boolean;
}

interface Serving {
  readonly model: Model;
  readonly credential: ServingCredential;
}

export function TargetStanding({ model: name, credentialId, allowResold }: TargetStandingProps) {
  const text = useEditorText().target;
  const { find, isKnown } = useTargetFacts();
  if (name.trim() === '') return null;
  const models = find(name);
  const serving = models.flatMap((model): Serving[] =>
    model.credentials
      .filter(({ id }) => credentialId === '' || id === credentialId)
      .map((credential) => ({ model, credential })),
  );
  if (serving.length === 0) {
    return isKnown(name) ? (
      <Warning>{credentialId !== '' && models.length > 0 ? text.goneCredential : text.notServed}</Warning>
    ) : null;
  }
  const used = new Set(serving.map(({ model }) => model));
  const hasOwn = serving.some(({ credential }) => credential.owner === 'organization');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-faint">
      <Prices models={[...used]} />
      {serving.slice(0, SHOWN_CREDENTIALS).map((one) => (
        <Standing
          key={`${one.model.id} ${one.credential.id}`}
          {...one}
          leftOut={hasOwn && !allowResold && one.credential.owner === 'operator'}
        />
      ))}
      {serving.length > SHOWN_CREDENTIALS && (
        <span>{text.moreCredentials(serving.length - SHOWN_CREDENTIALS)}</span>
      )}
    </div>
  );
}

function Warning({ children }: { readonly children: ReactNode }) {
  return (
    <p className="flex items-center gap-1.5 text-xs text-warning">
      <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
      {children}
    </p>
  );
}

/** Of several providers the lowest and the highest. */
function Prices({ models }: { readonly models: readonly Model[] }) {
  const text = useEditorText().target;
  const locale = useLocale();
  const range = (component: string): string | undefined => {
    const amounts = models
      .map(({ price }) => price?.components[component]?.usdPerMillion)
      .filter((amount) => amount !== null && amount !== undefined)
      .toSorted((left, right) => Number(left) - Number(right));
    const ends = [...new Set([amounts[0], amounts.at(-1)])].filter((amount) => amount !== undefined);
    return ends.length === 0 ? undefined : ends.map((amount) => formatMoney(amount, { locale })).join('–');
  };
  const [input, output] = [range('input'), range('output')];
  if (input === undefined && output === undefined) return <span>{text.noPrice}</span>;
  return (
    <span className="tabular">
      {input !== undefined && `${input} ${text.priceIn}`}
      {input !== undefined && output !== undefined && ' · '}
      {output !== undefined && `${output} ${text.priceOut}`} {text.perMillion}
    </span>
  );
}

function Standing({ model, credential, leftOut }: Serving & { readonly leftOut: boolean }) {
  const text = useEditorText().target;
  const providers = useMessages('providers');
  const locale = useLocale();
  const providerName = useProviderName();
  const { standings } = useTargetFacts();
  const standing = standings?.get(credential.id);
  const name = credential.name || providerName(model.provider);
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-1.5">
      <span className={leftOut ? 'line-through' : 'text-ink-soft'}>{name}</span>
      {credential.owner === 'operator' && <span>{leftOut ? text.resoldLeftOut : text.resold}</span>}
      {!credential.livemode && <span>{text.test}</span>}
      {standings !== undefined &&
        !leftOut &&
        (standing === undefined ? (
          <span>{providers.noTraffic}</span>
        ) : (
          <Tooltip
            content={`${text.healthOf(name)}: ${providers.healthText(formatNumber(standing.attempts, locale), formatPercent(standing.failedShare, locale))}`}
          >
            <span className="inline-flex items-center gap-1.5">
              <StatusBadge status={standing.health} label={providers.healths[standing.health]} />
              <span className="tabular">
                {providers.standing(
                  formatCount(standing.attempts, locale),
                  formatPercent(standing.failedShare, locale),
                )}
              </span>
            </span>
          </Tooltip>
        ))}
    </span>
  );
}
