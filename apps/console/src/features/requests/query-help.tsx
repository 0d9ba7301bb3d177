'use client';
/** The query language, documented where it is used. Every example can be pressed. */
import { QUERY_FIELDS } from '@tollgate/api/request-query';
import { Button, Dialog, DialogClose, IconButton } from '@tollgate/ui';
import { CircleHelp } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const RULES = [
  ['and', 'model:gpt-5* status:429'],
  ['or', 'model:gpt-5*,claude-*'],
  ['not', '-team:search'],
  ['wildcard', 'key:checkout*'],
  ['compare', 'status:>=400'],
  ['range', 'cost:0.01..0.5'],
  ['open', 'latency:2s..'],
  ['class', 'status:4xx,5xx'],
  ['attempt', 'outcome:failed attemptprovider:openai'],
  ['quotes', 'user:"Ada L"'],
  ['empty', 'user:""'],
] as const;

const EXAMPLE: Readonly<Record<(typeof QUERY_FIELDS)[number], string>> = {
  key: 'key:checkout*',
  team: 'team:search',
  member: 'member:mem_…',
  model: 'model:gpt-5*',
  served: 'served:gpt-5*',
  provider: 'provider:anthropic',
  user: 'user:"Ada L"',
  session: 'session:chat-42',
  endpoint: 'endpoint:chat.completions',
  dialect: 'dialect:anthropic',
  format: 'format:anthropic-*',
  unsupported: 'unsupported:seed',
  route: 'route:fast',
  error: 'error:budget_exceeded',
  outcome: 'outcome:interrupted',
  attemptmodel: 'attemptmodel:gpt-5*',
  attemptprovider: 'attemptprovider:openai',
  credential: 'credential:cred_…',
  costcenter: 'costcenter:cc-100',
  ip: 'ip:10.0.*',
  id: 'id:req_…',
  status: 'status:>=400',
  latency: 'latency:>2s',
  ttft: 'ttft:>500',
  attempts: 'attempts:>1',
  tokens: 'tokens:>10000',
  cost: 'cost:>0.01',
  tag: 'tag:env=prod,staging',
  streamed: 'streamed:true',
  livemode: 'livemode:false',
  estimated: 'estimated:true',
  translated: 'translated:true',
  refused: 'refused:true',
};

export function QueryHelp({ onChoose }: { readonly onChoose: (term: string) => void }) {
  const text = useMessages('requests');
  return (
    <Dialog
      size="xl"
      title={text.help}
      description={text.helpText}
      trigger={
        <IconButton label={text.help} variant="secondary">
          <CircleHelp />
        </IconButton>
      }
    >
      <div className="flex flex-col gap-5">
        <HelpList
          title={text.helpRulesTitle}
          rows={RULES.map(([id, term]) => ({ term, meaning: text.helpRules[id] }))}
          onChoose={onChoose}
        />
        <HelpList
          title={text.helpFieldsTitle}
          rows={QUERY_FIELDS.map((field) => ({ term: EXAMPLE[field], meaning: text.fields[field] }))}
          onChoose={onChoose}
        />
      </div>
    </Dialog>
  );
}

interface HelpListProps {
  readonly title: string;
  readonly rows: readonly { readonly term: string; readonly meaning: string }[];
  readonly onChoose: (term: string) => void;
}

function HelpList({ title, rows, onChoose }: HelpListProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold text-ink">{title}</h3>
      <ul className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
        {rows.map(({ term, meaning }) => (
          <li key={term} className="grid min-w-0 grid-cols-[minmax(0,11rem)_1fr] items-baseline gap-2">
            {term.includes('…') ? (
              <code className="truncate font-mono text-xs text-ink">{term}</code>
            ) : (
              <DialogClose asChild>
                <Button
                  variant="link"
                  size="sm"
                  className="h-auto justify-start px-0 text-left font-mono text-xs whitespace-normal"
                  onClick={() => onChoose(term)}
                >
                  {term}
                </Button>
              </DialogClose>
            )}
            <span className="text-xs text-ink-soft">{meaning}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
