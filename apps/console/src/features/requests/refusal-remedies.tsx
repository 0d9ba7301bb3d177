'use client';
/** What would have to change for such a request to go through, by the rule as it is now. */
import type { RefusalExplanation } from '@tollgate/api';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { PaymentMethodLink, ProvidersLink } from '../budgets/operator-budget.tsx';

export function RefusalRemedies({ requestId }: { readonly requestId: string }) {
  const text = useMessages('checks').why;
  const found = useApiQuery<RefusalExplanation>(`/requests/${encodeURIComponent(requestId)}/refusal`, {
    retry: false,
  }).data;
  if (found === undefined || found.remedies.length === 0) return null;
  const { rule } = found;
  // Budgets and rate limits have their link above.
  const href =
    rule.kind === 'key' && rule.id !== null
      ? `/keys/${rule.id}`
      : rule.kind === 'serviceAccount' && rule.id !== null
        ? `/service-accounts?open=${rule.id}`
        : undefined;
  return (
    <div className="mt-2 flex flex-col gap-1 border-t border-line pt-2">
      <h3 className="text-sm font-medium text-ink">{text.whatNow}</h3>
      <ul className="list-disc pl-5">
        {found.remedies.map((remedy) => (
          <li key={remedy}>{text.remedies[remedy]}</li>
        ))}
      </ul>
      {found.remedies.includes('addPaymentMethod') && (
        <span className="self-start">
          <PaymentMethodLink />
        </span>
      )}
      {found.remedies.some((remedy) => remedy === 'useOwnProvider' || remedy === 'connectProvider') && (
        <span className="self-start">
          <ProvidersLink />
        </span>
      )}
      <p className="flex flex-wrap gap-x-2 text-xs text-ink-faint empty:hidden">
        {rule.changedSince && <span>{text.changed}</span>}
        {rule.limitNow !== null && <span>{`${text.now}: ${text.nowText(rule.limitNow)}`}</span>}
        {rule.leftNow !== null && <span>{text.left(rule.leftNow)}</span>}
      </p>
      {href !== undefined && rule.exists && (
        <Link href={href} className="self-start font-medium text-accent-ink hover:underline">
          {text.open}
        </Link>
      )}
    </div>
  );
}
