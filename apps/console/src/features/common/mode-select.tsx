'use client';
/** Live or test traffic, never both: kept in the address as `mode=test`. */
import { Select } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from './use-url-state.ts';

const MODES = ['live', 'test'] as const;

export function useLivemode(): boolean {
  return useUrlState().get('mode') !== 'test';
}

export function ModeSelect() {
  const text = useMessages('parts').traffic;
  const url = useUrlState();
  return (
    <Select
      compact
      aria-label={text.mode}
      value={useLivemode() ? 'live' : 'test'}
      onValueChange={(mode) => url.set({ mode: mode === 'test' ? mode : undefined })}
      options={MODES.map((value) => ({ value, label: text.modes[value] }))}
    />
  );
}
