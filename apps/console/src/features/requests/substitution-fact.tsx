'use client';
/** Which budget had no room for the request, so that the model it names for then answered; names as they were then. */
import type { RequestDetail } from '@tollgate/api';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const LINK = 'text-accent-ink underline-offset-3 hover:underline';

export function SubstitutionFact({
  substitution: { budget, model, route },
}: {
  readonly substitution: NonNullable<RequestDetail['substitution']>;
}) {
  const text = useMessages('requests').detail;
  return (
    <span className="inline-flex flex-wrap justify-end gap-x-1.5">
      <Link href={withQuery('/budgets', { open: budget.id })} className={`wrap-anywhere ${LINK}`}>
        {budget.name || budget.id}
      </Link>
      <span className="wrap-anywhere text-ink-faint">{text.tookOver(model)}</span>
      {route !== null && (
        <Link href={`/routes/${route.id}`} className={`wrap-anywhere ${LINK}`}>
          {text.insteadOfRoute(route.name)}
        </Link>
      )}
    </span>
  );
}
