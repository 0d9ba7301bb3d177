'use client';
import { Select } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { OVERLAP_SECONDS, type Overlap, type OverlapChoice } from './overlap.ts';

const OVERLAPS = Object.keys(OVERLAP_SECONDS) as Overlap[];

export interface OverlapSelectProps {
  /** Undefined: not known yet. */
  readonly value: OverlapChoice | undefined;
  readonly onChange: (choice: OverlapChoice) => void;
  readonly rulesLabel: string;
}

export function OverlapSelect({ value, onChange, rulesLabel }: OverlapSelectProps) {
  const { overlaps } = useMessages('keys').rotate;
  return (
    <Select<OverlapChoice>
      value={value}
      onValueChange={onChange}
      options={[
        { value: 'rules', label: rulesLabel },
        ...OVERLAPS.map((overlap) => ({ value: overlap, label: overlaps[overlap] })),
      ]}
    />
  );
}
