'use client';
/** Actions of the log in words, for rows and for the filter; the log's own word stays where one event is shown. */
import type { ComboboxOption } from '@tollgate/ui';
import { useCallback, useMemo } from 'react';
import { auditActionNames } from '../../i18n/audit-actions.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';

export function useActionName(): (action: string) => string {
  const locale = useLocale();
  const names = useMemo(() => auditActionNames(locale), [locale]);
  return useCallback((action) => names.get(action) ?? action, [names]);
}

/** Found by their words and by that of the log. @param chosen One that an address brought is there, known or not. */
export function useActionOptions(chosen: string | undefined): readonly ComboboxOption[] {
  const locale = useLocale();
  return useMemo(() => {
    const names = auditActionNames(locale);
    const known = [...names].toSorted(([, left], [, right]) => left.localeCompare(right, locale));
    const all = chosen === undefined || names.has(chosen) ? known : [[chosen, chosen] as const, ...known];
    return all.map(([value, label]) => ({ value, label, keywords: [value] }));
  }, [locale, chosen]);
}
