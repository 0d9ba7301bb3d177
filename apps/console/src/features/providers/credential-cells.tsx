'use client';
/** What the list of credentials shows of one. */
import type { ProviderCredential } from '@tollgate/api';
import {
  Badge,
  formatCount,
  formatNumber,
  formatPercent,
  StatusBadge,
  TimeStamp,
  Tooltip,
  useUi,
} from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { CredentialStanding } from './credential-standing.ts';

/** How it is known, and how old it is. */
export function Secret({
  credential: { secretHint, secretSetAt },
}: {
  readonly credential: ProviderCredential;
}) {
  const text = useMessages('providers');
  if (secretHint === '') return <span className="text-ink-faint">{text.noKey}</span>;
  return (
    <span className="flex flex-col">
      <code className="font-mono text-xs">{secretHint}</code>
      {secretSetAt !== null && (
        <span className="text-xs text-ink-faint">
          {text.secretSet} <TimeStamp value={secretSetAt} />
        </span>
      )}
    </span>
  );
}

const SHOWN_MODELS = 3;

/** Those that it is limited to; without a limit it serves all that are known of its provider. */
export function Models({ credential: { models, provider } }: { readonly credential: ProviderCredential }) {
  const text = useMessages('providers');
  if (models.length === 0) {
    return (
      <Link href={withQuery('/models', { provider })} className="text-ink-soft hover:underline">
        {text.allModels}
      </Link>
    );
  }
  return (
    <span className="flex flex-wrap gap-1">
      {models.slice(0, SHOWN_MODELS).map((model) => (
        <Badge key={model}>{model}</Badge>
      ))}
      {models.length > SHOWN_MODELS && (
        <span className="text-xs text-ink-faint">{text.moreModels(models.length - SHOWN_MODELS)}</span>
      )}
    </span>
  );
}

/** How its attempts went: what a test of the connection cannot tell. */
export function Standing({ standing }: { readonly standing: CredentialStanding | undefined }) {
  const text = useMessages('providers');
  const { locale } = useUi();
  if (standing === undefined) return <span className="text-ink-faint">{text.noTraffic}</span>;
  const { attempts, failedShare, health } = standing;
  const share = formatPercent(failedShare, locale);
  return (
    <Tooltip content={text.healthText(formatNumber(attempts, locale), share)}>
      <span className="flex flex-wrap items-center gap-x-2">
        <StatusBadge status={health} label={text.healths[health]} />
        <span className="tabular text-xs text-ink-faint">
          {text.standing(formatCount(attempts, locale), share)}
        </span>
      </span>
    </Tooltip>
  );
}
