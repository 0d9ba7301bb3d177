'use client';
/** Lists of rules by the kind of what they bound; kept in the address as `scope`. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { SCOPE_TYPES } from './use-limit-text.ts';

export function ScopeFilter() {
  const text = useMessages('limits');
  return (
    <FilterSelect
      name="scope"
      label={text.scope}
      all={text.allScopes}
      values={SCOPE_TYPES}
      labelOf={(scope) => text.scopeTypes[scope]}
    />
  );
}
