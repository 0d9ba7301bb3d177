'use client';
/** Where a budget or rate limit came from and went: its part of the audit log, and what stands in place of one that is gone. */
import { Button, EmptyState } from '@tollgate/ui';
import Link from 'next/link';
import type { ReactNode } from 'react';

export type RuleKind = 'budget' | 'rateLimit';

export function ruleHistoryHref(kind: RuleKind, id: string): string {
  return `/settings/audit-log?targetKind=${kind}&targetId=${encodeURIComponent(id)}`;
}

export interface MissingRuleProps {
  readonly kind: RuleKind;
  readonly id: string;
  readonly icon: ReactNode;
  readonly text: { readonly notFound: string; readonly notFoundText: string; readonly history: string };
}

export function MissingRule({ kind, id, icon, text }: MissingRuleProps) {
  return (
    <EmptyState
      icon={icon}
      title={text.notFound}
      action={
        <Button asChild>
          <Link href={ruleHistoryHref(kind, id)}>{text.history}</Link>
        </Button>
      }
    >
      {text.notFoundText}
    </EmptyState>
  );
}
