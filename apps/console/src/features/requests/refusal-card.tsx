'use client';
/** "Why was this refused?" in words, with the rule and its figures. */
import { Callout, DefinitionList, TimeStamp } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { readRefusal } from './read-refusal.ts';
import type { RequestDetail } from './request-types.ts';

export function RefusalCard({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').refusal;
  const refusal = readRefusal(request.refusal);
  const code = refusal?.code ?? request.errorCode;
  if (code === '') return null;
  const codes: Readonly<Record<string, string>> = text.codes;
  const items: { term: string; value: ReactNode }[] = [];
  const add = (term: string, value: ReactNode) => {
    if (value !== undefined) items.push({ term, value });
  };
  if (refusal !== undefined) {
    add(text.scope, refusal.scope && [refusal.scope.type, refusal.scope.name ?? refusal.scope.id].join(' '));
    add(text.limit, refusal.limit);
    add(text.used, refusal.used);
    add(text.requested, refusal.requested);
    add(text.resets, refusal.resetsAt && <TimeStamp value={refusal.resetsAt} />);
    add(text.rule, refusal.ruleId && <code className="font-mono text-xs">{refusal.ruleId}</code>);
    add(text.source, refusal.source && text.sources[refusal.source]);
  }
  return (
    <Callout tone={request.status >= 500 ? 'negative' : 'warning'} title={text.title}>
      <p>
        {codes[code]} <code className="font-mono text-xs text-ink-faint">{code}</code>
      </p>
      {items.length > 0 && <DefinitionList className="mt-1" items={items} />}
    </Callout>
  );
}
