'use client';
/** The call as code, for the SDK that somebody uses. */
import { CodeBlock, Dialog, Select } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGatewayUrl } from '../signed-in/signed-in.tsx';
import { codeSamples, SDKS, type Sdk } from './code-samples.ts';
import { type Column, type Settings, type Turn, toChatBody } from './conversation.ts';

export interface CodeDialogProps {
  readonly settings: Settings;
  readonly columns: readonly Column[];
  readonly turns: readonly Turn[];
  /** What would be sent next, where nothing was sent yet. */
  readonly draft: string;
  readonly onClose: () => void;
}

const SDK_NAME: Readonly<Record<Sdk, string>> = {
  openai: 'OpenAI SDK',
  anthropic: 'Anthropic SDK',
  gemini: 'Gemini SDK',
};

export function CodeDialog({ settings, columns, turns, draft, onClose }: CodeDialogProps) {
  const text = useMessages('playground');
  const gatewayUrl = useGatewayUrl();
  const named = columns.filter(({ model }) => model !== '');
  const [columnId, setColumnId] = useState(named[0]?.id ?? '');
  const [sdk, setSdk] = useState<Sdk>('openai');
  const column = named.find(({ id }) => id === columnId) ?? { id: '', model: 'MODEL', answers: {} };
  const last = turns.at(-1);
  // The call that would be made next; where nothing is written, the one that was made last, without its answer.
  const isNext = draft !== '' || last === undefined;
  const shownTurns = isNext
    ? [...turns, { id: 'next', text: draft || text.samplePrompt, images: [] }]
    : turns;
  const shownColumn = isNext ? column : { ...column, answers: { ...column.answers, [last.id]: [] } };
  const body = toChatBody(settings, shownTurns, shownColumn);
  return (
    <Dialog open size="xl" title={text.viewCode} description={text.codeText} onClose={onClose}>
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-2">
          <Select
            compact
            aria-label="SDK"
            value={sdk}
            onValueChange={setSdk}
            options={SDKS.map((value) => ({ value, label: SDK_NAME[value] }))}
          />
          {named.length > 1 && (
            <Select
              compact
              aria-label={text.model}
              value={column.id}
              onValueChange={setColumnId}
              options={named.map(({ id, model }) => ({ value: id, label: model }))}
            />
          )}
        </div>
        <CodeBlock
          key={sdk}
          aria-label={text.language}
          maxHeight="60vh"
          variants={codeSamples(sdk, { gatewayUrl, body })}
        />
      </div>
    </Dialog>
  );
}
