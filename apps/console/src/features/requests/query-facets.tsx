'use client';
/** Terms that people type again and again, as switches. */
import { Button } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { hasTerm, toggleTerm } from './query-terms.ts';

const FACETS = [
  { id: 'failed', term: 'status:>=400' },
  { id: 'limited', term: 'error:*exceeded*' },
  { id: 'slow', term: 'latency:>2000' },
  { id: 'retried', term: 'attempts:>1' },
  { id: 'streamed', term: 'streamed:true' },
  { id: 'translated', term: 'translated:true' },
  { id: 'estimated', term: 'estimated:true' },
] as const;

export interface QueryFacetsProps {
  readonly query: string;
  readonly onChange: (query: string) => void;
}

export function QueryFacets({ query, onChange }: QueryFacetsProps) {
  const text = useMessages('requests').facets;
  return (
    <fieldset className="flex min-w-0 flex-wrap items-center gap-1">
      <legend className="sr-only">{text.label}</legend>
      {FACETS.map(({ id, term }) => {
        const on = hasTerm(query, term);
        return (
          <Button
            key={id}
            size="sm"
            variant={on ? 'secondary' : 'ghost'}
            aria-pressed={on}
            title={term}
            className={on ? 'border-accent bg-accent-soft text-accent-ink' : ''}
            onClick={() => onChange(toggleTerm(query, term))}
          >
            {text[id]}
          </Button>
        );
      })}
    </fieldset>
  );
}
