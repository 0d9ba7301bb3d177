'use client';
/** What the log calls by a code, in the reader's language: parts of the system, and alert rules that nobody named. */
import type { AuditEvent } from '@tollgate/api';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function useAuditNames() {
  const systemActors: Readonly<Record<string, string>> = useMessages('audit').systemActors;
  const alertKinds: Readonly<Record<string, string>> = useMessages('alerts').kinds;
  return useMemo(
    () => ({
      actorName: ({ kind, id, name }: AuditEvent['actor']): string =>
        (kind === 'system' ? systemActors[id] : undefined) ?? (name || id),
      targetName: ({ kind, name }: AuditEvent['target']): string =>
        (kind === 'alertRule' ? alertKinds[name] : undefined) ?? name,
    }),
    [systemActors, alertKinds],
  );
}
