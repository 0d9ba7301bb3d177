'use client';
/** Lists of rules by the kind of what they bound; kept in the address as `scope`. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import type { FilterCounts } from '../common/list-filter.ts';
import { SCOPE_TYPES, type ScopeType } from './use-limit-text.ts';

export function ScopeFilter({ counts }: { readonly counts?: FilterCounts<ScopeType> | undefined }) {
  const text = useMessages('limits');
  return (
    <FilterSelect
      name="scope"
      label={text.scope}
      all={text.allScopes}
      values={SCOPE_TYPES}
      counts={counts}
      labelOf={(scope) => text.scopeTypes[scope]}
    />
  );
}
