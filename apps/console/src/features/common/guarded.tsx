'use client';
/** A page for people who may read it, and an explanation for everybody else. The API enforces. */
import type { Me } from '@tollgate/api';
import { Card, EmptyState } from '@tollgate/ui';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMe } from '../shell/use-me.ts';

export interface GuardedProps {
  readonly permission: Me['permissions'][number];
  readonly children: ReactNode;
}

export function Guarded({ permission, children }: GuardedProps) {
  const text = useMessages('parts');
  const me = useMe().data;
  if (me === undefined || me.permissions.includes(permission)) return children;
  return (
    <Card flush>
      <EmptyState icon={<Lock />} title={text.forbiddenTitle}>
        {text.forbiddenText(permission)}
      </EmptyState>
    </Card>
  );
}
