'use client';
/**
 * The explorer's query: completes fields and values while one types, and underlines what cannot be read.
 *
 * Searches on Enter: half a term is an error to the API, and not yet one to who types it.
 */
import { readRequestQuery } from '@tollgate/api/request-query';
import { classNames, Field, formatCount, Input, UntilTakenOver, useUi } from '@tollgate/ui';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { type KnownValues, type Suggestion, suggestAt } from './query-completion.ts';
import { QueryHelp } from './query-help.tsx';
import { toggleTerm } from './query-terms.ts';
import { useQueryProblem } from './use-query-problem.ts';

export interface QueryBarProps {
  readonly query: string;
  /** What the API could not read in it. */
  readonly problem: string | undefined;
  readonly known: KnownValues;
  readonly onChange: (query: string) => void;
}

export function QueryBar({ query, problem, known, onChange }: QueryBarProps) {
  const text = useMessages('requests');
  const [typed, setTyped] = useState(query);
  const [caret, setCaret] = useState(query.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const toText = useQueryProblem();
  useEffect(() => setTyped(query), [query]);
  const suggestions = useMemo(() => suggestAt(typed, caret, known), [typed, caret, known]);
  const problems = useMemo(() => readRequestQuery(typed).problems, [typed]);
  // While a term is being typed it is not yet wrong.
  const finished = problems.filter(({ start, end }) => !open || caret < start || caret > end);
  const shown = open ? suggestions : [];
  const submit = (value: string) => {
    setOpen(false);
    onChange(value.trim());
  };
  const clear = () => {
    setTyped('');
    submit('');
  };
  const choose = (suggestion: Suggestion) => {
    // React writes the value, which moves the caret to the end: at once, before anything else can be typed.
    flushSync(() => {
      setTyped(suggestion.query);
      setCaret(suggestion.caret);
      setActive(-1);
      setOpen(true);
    });
    input.current?.setSelectionRange(suggestion.caret, suggestion.caret);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const count = suggestions.length;
    const chosen = shown[active];
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (count === 0) return;
        event.preventDefault();
        setOpen(true);
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setActive(active === -1 && step === -1 ? count - 1 : (active + step + count) % count);
        return;
      }
      case 'Enter':
        if (chosen === undefined) return;
        event.preventDefault();
        choose(chosen);
        return;
      case 'Tab': {
        const first = chosen ?? (shown.length === 1 && typed.trim() !== '' ? shown[0] : undefined);
        if (first === undefined || event.shiftKey) return;
        event.preventDefault();
        choose(first);
        return;
      }
      case 'Escape':
        if (!open) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        setActive(-1);
        return;
      default:
    }
  };
  const [first] = finished;
  const error = first === undefined ? (typed.trim() === query ? problem : undefined) : toText(first);
  return (
    <search>
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          submit(typed);
        }}
      >
        <UntilTakenOver>
          <Field
            label={text.query}
            labelHidden
            error={error}
            hint={typed.trim() === query ? undefined : text.queryHint}
            className="flex-1"
          >
            <div className="relative">
              <Input
                ref={input}
                type="text"
                role="combobox"
                aria-expanded={shown.length > 0}
                aria-controls={listId}
                aria-autocomplete="list"
                {...(shown[active] !== undefined && { 'aria-activedescendant': `${listId}-${active}` })}
                spellCheck={false}
                autoComplete="off"
                autoCapitalize="off"
                className="font-mono [&_input]:font-mono"
                prefix={<Search />}
                placeholder={text.queryPlaceholder}
                value={typed}
                onChange={(event) => {
                  setTyped(event.target.value);
                  setCaret(event.target.selectionStart ?? event.target.value.length);
                  setActive(-1);
                  setOpen(true);
                }}
                onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
                onClick={() => setOpen(true)}
                onBlur={() => setOpen(false)}
                onKeyDown={onKeyDown}
                suffix={typed !== '' && <ClearButton onClear={clear} />}
              />
              <Underlines text={typed} spans={finished} input={input} />
              {shown.length > 0 && (
                <SuggestionList id={listId} suggestions={shown} active={active} onChoose={choose} />
              )}
            </div>
          </Field>
          <QueryHelp onChoose={(term) => onChange(toggleTerm(query, term))} />
        </UntilTakenOver>
      </form>
    </search>
  );
}

function ClearButton({ onClear }: { readonly onClear: () => void }) {
  const text = useMessages('requests');
  return (
    <button
      type="button"
      aria-label={text.clearQuery}
      className="flex size-6 items-center justify-center rounded-xs text-ink-faint hover:text-ink"
      onClick={onClear}
    >
      <X aria-hidden className="size-4" />
    </button>
  );
}

interface UnderlinesProps {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  readonly input: React.RefObject<HTMLInputElement | null>;
}

/** The same text again, invisible, with wavy lines where it cannot be read. */
function Underlines({ text, spans, input }: UnderlinesProps) {
  const layer = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const field = input.current;
    if (field === null || spans.length === 0) return;
    const follow = () => layer.current?.scrollTo({ left: field.scrollLeft });
    follow();
    field.addEventListener('scroll', follow);
    return () => field.removeEventListener('scroll', follow);
  }, [input, spans]);
  if (spans.length === 0) return null;
  let at = 0;
  const parts = spans.flatMap(({ start, end }) => {
    const piece = [
      <span key={`t${start}`}>{text.slice(at, start)}</span>,
      <span
        key={`p${start}`}
        className="underline decoration-negative decoration-wavy decoration-1 underline-offset-3"
      >
        {text.slice(start, end)}
      </span>,
    ];
    at = end;
    return piece;
  });
  return (
    <span
      ref={layer}
      aria-hidden
      className="pointer-events-none absolute inset-y-0 right-9 left-8 flex items-center overflow-hidden font-mono text-sm whitespace-pre text-transparent pointer-coarse:text-lg"
    >
      <span className="border-l border-transparent">{parts}</span>
    </span>
  );
}

interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}

function SuggestionList({ id, suggestions, active, onChoose }: SuggestionListProps) {
  const text = useMessages('requests');
  const { locale } = useUi();
  const list = useRef<HTMLDivElement>(null);
  const meanings: Readonly<Record<string, string>> = text.fields;
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={text.suggestions}
      className="absolute top-full left-0 z-30 mt-1 max-h-72 w-full max-w-xl overflow-y-auto rounded-md border border-line bg-raised p-1 text-sm shadow-md"
    >
      {suggestions.map((suggestion, position) => (
        <div
          key={`${suggestion.field}-${suggestion.label}`}
          id={`${id}-${position}`}
          role="option"
          tabIndex={-1}
          aria-selected={position === active}
          // Before the field loses the focus, which closes the list.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(suggestion);
          }}
          className={classNames(
            'flex min-h-7 cursor-default items-baseline gap-3 rounded-xs px-2 py-1 hover:bg-hover',
            position === active && 'bg-hover',
          )}
        >
          <span className="min-w-0 shrink-0 truncate font-mono text-ink">{suggestion.label}</span>
          <span className="min-w-0 flex-1 truncate text-xs text-ink-faint">
            {suggestion.kind === 'field' ? meanings[suggestion.field] : ''}
          </span>
          {suggestion.requests !== undefined && (
            <span className="tabular text-xs text-ink-faint">{formatCount(suggestion.requests, locale)}</span>
          )}
        </div>
      ))}
    </div>
  );
}
