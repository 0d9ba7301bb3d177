'use client';
/** Which traffic documents are of: both kinds, live or test. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';

const MODES = ['live', 'test'] as const;

export function TrafficFilter() {
  const text = useMessages('invoices');
  return (
    <FilterSelect
      name="mode"
      label={text.mode}
      all={text.allModes}
      values={MODES}
      labelOf={(mode) => (mode === 'live' ? text.live : text.testOnly)}
    />
  );
}
