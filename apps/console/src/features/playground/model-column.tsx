'use client';
/** One model: which, and what it answered to each message. */
import { Button, Combobox, IconButton } from '@tollgate/ui';
import { MessageSquareText, X } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useModelOptions } from '../keys/key-options.ts';
import type { Column, Turn } from './conversation.ts';
import { StepView } from './step-view.tsx';

export interface ModelColumnProps {
  readonly column: Column;
  /** From 1. */
  readonly position: number;
  readonly turns: readonly Turn[];
  readonly running: boolean;
  readonly onModelChange: (model: string) => void;
  readonly onRemove: (() => void) | undefined;
  readonly onToolResult: (stepId: string, callId: string, result: string) => void;
  readonly onProceed: () => void;
  readonly onRetry: () => void;
}

export function ModelColumn(props: ModelColumnProps) {
  const { column, position, turns, running, onModelChange, onRemove } = props;
  const text = useMessages('playground');
  const { options, onSearch, loading } = useModelOptions();
  return (
    <section
      aria-label={column.model || text.modelNumber(position)}
      className="flex min-h-72 min-w-0 flex-col rounded-lg border border-line bg-surface"
    >
      <header className="flex items-center gap-1.5 border-b border-line p-2">
        <Combobox
          aria-label={text.modelNumber(position)}
          value={column.model === '' ? undefined : column.model}
          placeholder={text.chooseModel}
          options={options}
          onSearch={onSearch}
          loading={loading}
          onValueChange={(model) => onModelChange(model ?? '')}
        />
        {onRemove && (
          <IconButton label={text.removeModel(position)} onClick={onRemove} disabled={running}>
            <X />
          </IconButton>
        )}
      </header>
      {turns.length === 0 ? (
        <p className="m-auto flex max-w-xs flex-col items-center gap-2 px-6 py-10 text-center text-sm text-ink-faint">
          <MessageSquareText aria-hidden className="size-5" />
          {text.empty}
        </p>
      ) : (
        <ol className="flex flex-col gap-4 p-3">
          {turns.map((turn, index) => (
            <TurnView key={turn.id} {...props} turn={turn} isLast={index === turns.length - 1} />
          ))}
        </ol>
      )}
    </section>
  );
}

function TurnView({
  turn,
  isLast,
  column,
  running,
  onToolResult,
  onProceed,
  onRetry,
}: ModelColumnProps & { readonly turn: Turn; readonly isLast: boolean }) {
  const text = useMessages('playground');
  const steps = column.answers[turn.id] ?? [];
  return (
    <li className="flex min-w-0 flex-col gap-2.5">
      <div className="flex min-w-0 flex-col gap-2 rounded-md bg-sunken px-3 py-2">
        <p className="text-2xs font-medium text-ink-faint">{text.you}</p>
        {turn.images.length > 0 && (
          <div className="flex flex-wrap gap-1.5">
            {turn.images.map((image, position) => (
              <img
                key={`${image.name}-${position}`}
                src={image.url}
                alt={image.name}
                className="size-12 rounded-sm border border-line object-cover"
              />
            ))}
          </div>
        )}
        {turn.text !== '' && (
          <p className="text-sm wrap-anywhere whitespace-pre-wrap text-ink">{turn.text}</p>
        )}
      </div>
      {steps.map((step, position) => (
        <StepView
          key={step.id}
          step={step}
          editable={isLast && position === steps.length - 1 && !running}
          onToolResult={(callId, result) => onToolResult(step.id, callId, result)}
          onProceed={onProceed}
          onRetry={onRetry}
        />
      ))}
      {isLast && steps.length === 0 && !running && column.model !== '' && (
        <div>
          <Button size="sm" onClick={onProceed}>
            {text.askThisModel}
          </Button>
        </div>
      )}
    </li>
  );
}
