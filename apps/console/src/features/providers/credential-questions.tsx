'use client';
/** Before a credential is switched off or deleted: what uses it. */
import type { ProviderCredential } from '@tollgate/api';
import { formatNumber, SkeletonText } from '@tollgate/ui';
import Link from 'next/link';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { pathOfRoute, useRoutes } from '../routes/route-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { routesNaming } from './credential-use.ts';
import { useChangeCredential, useDeleteCredential } from './provider-api.ts';
import { useCredentialStandings } from './use-credential-figures.ts';

const SHOWN_ROUTES = 5;

interface QuestionProps {
  readonly credential: ProviderCredential;
  readonly onClose: () => void;
}

export function SwitchOffCredential({ credential, onClose }: QuestionProps) {
  const text = useMessages('providers');
  const change = useChangeCredential();
  return (
    <ConfirmAction
      title={text.disableTitle(credential.name)}
      confirmLabel={text.disable}
      tone="danger"
      run={() => change.mutateAsync({ credential, json: { disabled: true } })}
      done={text.isDisabled(credential.name)}
      onClose={onClose}
    >
      <CredentialUse credential={credential} />
      <p>{text.disableText}</p>
    </ConfirmAction>
  );
}

export function DeleteCredential({ credential, onClose }: QuestionProps) {
  const text = useMessages('providers');
  const remove = useDeleteCredential();
  return (
    <ConfirmAction
      title={text.deleteTitle(credential.name)}
      confirmLabel={useMessages('common').delete}
      confirmName={credential.name}
      run={() => remove.mutateAsync(credential)}
      done={text.deleted(credential.name)}
      onClose={onClose}
    >
      <CredentialUse credential={credential} />
      <p>{text.deleteText}</p>
    </ConfirmAction>
  );
}

function CredentialUse({ credential }: Pick<QuestionProps, 'credential'>) {
  const mayReadUsage = usePermission('usage:read');
  const mayReadRoutes = usePermission('routes:read');
  return (
    <div className="mb-1 flex flex-col gap-1" role="status">
      {mayReadUsage && <Traffic credential={credential} />}
      {mayReadRoutes && <Routes credential={credential} />}
    </div>
  );
}

/** From the figures that its row shows. */
function Traffic({ credential }: Pick<QuestionProps, 'credential'>) {
  const text = useMessages('providers').inUse;
  const locale = useLocale();
  const { standings, isError } = useCredentialStandings();
  if (standings === undefined) return isError ? <p>{text.trafficUnknown}</p> : <SkeletonText lines={1} />;
  const attempts = standings.get(credential.id)?.attempts ?? 0;
  return (
    <p className="font-medium text-ink">
      {attempts === 0 ? text.noTraffic : text.traffic(formatNumber(attempts, locale))}
    </p>
  );
}

function Routes({ credential }: Pick<QuestionProps, 'credential'>) {
  const text = useMessages('providers').inUse;
  const routes = useRoutes();
  if (routes.error) return <p>{text.routesUnknown}</p>;
  if (!routes.isComplete) return <SkeletonText lines={1} />;
  const named = routesNaming(routes.rows, credential.id);
  if (named.length === 0) return <p>{text.noRoutes}</p>;
  return (
    <div className="text-ink">
      <p>{text.routes(named.length)}</p>
      <ul className="list-disc pl-5">
        {named.slice(0, SHOWN_ROUTES).map(({ id, name }) => (
          <li key={id} className="wrap-anywhere">
            <Link href={pathOfRoute(id)} className="underline-offset-3 hover:underline">
              {name}
            </Link>
          </li>
        ))}
        {named.length > SHOWN_ROUTES && <li>{text.moreRoutes(named.length - SHOWN_ROUTES)}</li>}
      </ul>
    </div>
  );
}
