'use client';
/** The most frequent values of what was found, each with its count; a press asks for it, or for all others. */
import { classNames, formatCount, formatNumber, IconButton, StatusBadge, useUi } from '@tollgate/ui';
import { CircleMinus } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { fieldOf, labelOf } from './facet-terms.ts';
import { excludeValue, toggleValue, valuesOf } from './query-terms.ts';
import { FACET_FIELDS, type FacetField, type RequestsSummary } from './summary-types.ts';

export interface FacetPanelProps {
  readonly query: string;
  readonly summary: RequestsSummary;
  readonly onChange: (query: string) => void;
  readonly className?: string;
}

export function FacetPanel({ query, summary, onChange, className }: FacetPanelProps) {
  const text = useMessages('requests');
  const shown = FACET_FIELDS.filter((field) => summary.facets[field].length > 0);
  return (
    <section aria-label={text.facets.label} className={classNames('flex min-w-0 flex-col gap-4', className)}>
      {shown.map((field) => (
        <Facet key={field} field={field} query={query} summary={summary} onChange={onChange} />
      ))}
      {summary.lookedTo !== null && <p className="text-xs text-ink-faint">{text.facets.bounded}</p>}
    </section>
  );
}

interface FacetProps extends FacetPanelProps {
  readonly field: FacetField;
}

function Facet({ field, query, summary, onChange }: FacetProps) {
  const text = useMessages('requests');
  const { locale } = useUi();
  const asked = fieldOf(field);
  const chosen = valuesOf(query, asked);
  const highest = Math.max(1, ...summary.facets[field].map(({ requests }) => requests));
  return (
    <fieldset className="flex min-w-0 flex-col gap-0.5">
      <legend className="pb-1 text-xs font-medium text-ink-soft">{text.facets.names[field]}</legend>
      {summary.facets[field].map((one) => {
        const on = chosen.includes(one.term);
        const { text: name, id } = labelOf(one);
        const label = id === undefined ? name : `${name} …${id.slice(-5)}`;
        return (
          <div key={one.value} className="group relative flex items-center gap-1">
            <button
              type="button"
              aria-pressed={on}
              title={`${asked}:${one.term} · ${formatNumber(one.requests, locale)}`}
              onClick={() => onChange(toggleValue(query, asked, one.term))}
              className={classNames(
                'relative flex h-6 min-w-0 flex-1 items-center gap-2 overflow-hidden rounded-xs px-1.5 text-left text-xs hover:bg-hover pointer-coarse:h-10',
                on ? 'text-accent-ink' : 'text-ink',
              )}
            >
              <span
                aria-hidden
                className={classNames(
                  'absolute inset-y-0.5 left-0 rounded-xs',
                  on ? 'bg-accent-soft' : 'bg-neutral-soft',
                )}
                style={{ width: `${(one.requests / highest) * 100}%` }}
              />
              <span className="relative min-w-0 flex-1 truncate">
                {field === 'status' ? <StatusBadge status={Number(one.value)} /> : label}
              </span>
              <span className="tabular relative text-ink-faint">{formatCount(one.requests, locale)}</span>
            </button>
            <IconButton
              size="sm"
              label={text.facets.without(label)}
              className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
              onClick={() => onChange(excludeValue(query, asked, one.term))}
            >
              <CircleMinus />
            </IconButton>
          </div>
        );
      })}
    </fieldset>
  );
}
