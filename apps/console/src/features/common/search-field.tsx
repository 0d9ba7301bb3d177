'use client';
/** Search over a table. Typing is local at once and reaches the address after a pause. */
import { Input, UntilTakenOver } from '@tollgate/ui';
import { Search } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useUrlState } from './use-url-state.ts';

const PAUSE_MS = 250;

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <UntilTakenOver>
      <Input
        type="search"
        prefix={<Search />}
        aria-label={label}
        placeholder={label}
        className="w-full sm:w-64"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange(typed);
        }}
      />
    </UntilTakenOver>
  );
}

/** The search of a list, kept in the address as `q`. */
export function SearchFilter({ label }: { readonly label: string }) {
  const { get, set } = useUrlState();
  const search = useCallback((q: string) => set({ q }), [set]);
  return <SearchField label={label} value={get('q') ?? ''} onChange={search} />;
}
