'use client';
import { Button, Dialog, DialogClose, Field, IconButton, Input } from '@tollgate/ui';
import { CircleHelp, Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { toggleTerm } from './query-terms.ts';

const EXAMPLES = [
  ['status', 'status:>=400'],
  ['model', 'model:gpt-5*'],
  ['key', 'key:checkout*'],
  ['team', 'team:search'],
  ['provider', 'provider:anthropic'],
  ['cost', 'cost:>0.01'],
  ['latency', 'latency:>2000'],
  ['attempts', 'attempts:>1'],
  ['user', 'user:"Ada L"'],
  ['tag', 'tag:env=prod'],
  ['error', 'error:budget_exceeded'],
  ['format', 'format:anthropic-*'],
  ['unsupported', 'unsupported:seed'],
  ['flags', 'streamed:true'],
] as const;

export interface QueryBarProps {
  readonly query: string;
  /** What the API could not read in it. */
  readonly problem: string | undefined;
  readonly onChange: (query: string) => void;
}

/** Searches on Enter: half a term is an error to the API, and not yet one to who types it. */
export function QueryBar({ query, problem, onChange }: QueryBarProps) {
  const text = useMessages('requests');
  const [typed, setTyped] = useState(query);
  useEffect(() => setTyped(query), [query]);
  return (
    <search>
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onChange(typed.trim());
        }}
      >
        <Field
          label={text.query}
          labelHidden
          error={problem}
          hint={typed.trim() === query ? undefined : text.queryHint}
          className="flex-1"
        >
          <Input
            type="text"
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
            prefix={<Search />}
            placeholder={text.queryPlaceholder}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            suffix={
              typed !== '' && (
                <button
                  type="button"
                  aria-label={text.clearQuery}
                  className="flex size-6 items-center justify-center rounded-xs text-ink-faint hover:text-ink"
                  onClick={() => {
                    setTyped('');
                    onChange('');
                  }}
                >
                  <X aria-hidden className="size-4" />
                </button>
              )
            }
          />
        </Field>
        <QueryHelp onChoose={(term) => onChange(toggleTerm(query, term))} />
      </form>
    </search>
  );
}

function QueryHelp({ onChoose }: { readonly onChoose: (term: string) => void }) {
  const text = useMessages('requests');
  return (
    <Dialog
      size="lg"
      title={text.help}
      description={text.helpText}
      trigger={
        <IconButton label={text.help} variant="secondary">
          <CircleHelp />
        </IconButton>
      }
    >
      <ul className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {EXAMPLES.map(([id, term]) => (
          <li key={id} className="flex min-w-0 flex-col items-start gap-0.5">
            <DialogClose asChild>
              <Button variant="link" size="sm" className="px-0 font-mono" onClick={() => onChoose(term)}>
                {term}
              </Button>
            </DialogClose>
            <span className="text-xs text-ink-soft">{text.helpExamples[id]}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
