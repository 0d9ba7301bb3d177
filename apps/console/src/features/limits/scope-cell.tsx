'use client';
/** What a rule applies to: its kind, and a link to the thing where it has a page. */
import { Badge } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach, type ScopedRule, useLimitText } from './use-limit-text.ts';

export function ScopeCell({ rule }: { readonly rule: ScopedRule }) {
  const text = useMessages('limits');
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1.5">
      {/* "Each key" and "Whole organization" say their kind themselves. */}
      {rule.scope.type !== 'organization' && !isEach(rule) && (
        <Badge tone="outline">{text.scopeTypes[rule.scope.type]}</Badge>
      )}
      <ScopeLink rule={rule} />
    </span>
  );
}

export function ScopeLink({ rule }: { readonly rule: ScopedRule }) {
  const { scopeLabel } = useLimitText();
  const href = isEach(rule) ? undefined : hrefOf(rule);
  const label = scopeLabel(rule);
  if (href === undefined) return <span className="wrap-anywhere">{label}</span>;
  return (
    <Link href={href} className="wrap-anywhere hover:underline" onClick={(event) => event.stopPropagation()}>
      {label}
    </Link>
  );
}

function hrefOf({ scope }: ScopedRule): string | undefined {
  switch (scope.type) {
    case 'team':
      return `/teams/${scope.id}`;
    case 'key':
      return `/keys/${scope.id}`;
    default:
      return undefined;
  }
}
