'use client';
/** What else narrows a list because a link said so; pressed, it no longer does. */
import { Button } from '@tollgate/ui';
import { X } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from './use-url-state.ts';

export interface NarrowedByProps {
  readonly label: string;
  /** Of the parameters in the address that say so. */
  readonly names: readonly string[];
}

export function NarrowedBy({ label, names }: NarrowedByProps) {
  const text = useMessages('parts');
  const url = useUrlState();
  return (
    <Button
      aria-label={text.dropFilter(label)}
      onClick={({ currentTarget }) => {
        // It goes away itself, and the focus would go with it.
        const others = currentTarget.parentElement?.querySelectorAll<HTMLElement>('button, input') ?? [];
        const next = [...others].find((other) => other !== currentTarget);
        (next ?? document.getElementById('content'))?.focus();
        url.set(Object.fromEntries(names.map((name) => [name, undefined])));
      }}
    >
      {label}
      <X />
    </Button>
  );
}
