'use client';
/** One answer: text, what the model wants its tools to do, why it failed, and its figures. */
import { Button, Callout, Field, Spinner, Textarea } from '@tollgate/ui';
import { RotateCcw, Wrench } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { OperatorBudgetHint } from '../budgets/operator-budget.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { DocsLink } from '../docs/docs-link.tsx';
import { pageOfError } from '../docs/docs-pages.ts';
import { hasAllResults, type Step, type StepError, type ToolCall } from './conversation.ts';
import { RefusalMessage } from './refusal-message.tsx';
import { StepFigures } from './step-figures.tsx';

export interface StepViewProps {
  readonly step: Step;
  /** The last one, and nothing runs: tools can be answered, the call tried again. */
  readonly editable: boolean;
  readonly onToolResult: (callId: string, result: string) => void;
  readonly onProceed: () => void;
  readonly onRetry: () => void;
}

export function StepView({ step, editable, onToolResult, onProceed, onRetry }: StepViewProps) {
  const text = useMessages('playground');
  const { state, reasoning, toolCalls, error } = step;
  return (
    <div className="flex min-w-0 flex-col gap-2.5" data-state={state}>
      {reasoning !== '' && (
        <Disclosure title={text.reasoning}>
          <p className="text-sm wrap-anywhere whitespace-pre-wrap text-ink-soft">{reasoning}</p>
        </Disclosure>
      )}
      {(step.text !== '' || state === 'running') && (
        <div aria-live={state === 'running' ? 'off' : 'polite'} className="text-sm text-ink">
          <p className="wrap-anywhere whitespace-pre-wrap" data-answer>
            {step.text}
          </p>
          {state === 'running' && <Spinner className="mt-1 size-3.5 text-ink-faint" />}
        </div>
      )}
      {state !== 'running' &&
        toolCalls.map((call) => (
          <ToolCallView
            key={call.id}
            call={call}
            result={step.toolResults[call.id] ?? ''}
            editable={editable}
            onResult={(result) => onToolResult(call.id, result)}
          />
        ))}
      {state !== 'running' && toolCalls.length > 0 && editable && (
        <div>
          <Button size="sm" variant="primary" disabled={!hasAllResults(step)} onClick={onProceed}>
            {text.sendResults}
          </Button>
        </div>
      )}
      {state === 'stopped' && <p className="text-xs text-ink-faint">{text.stopped}</p>}
      {error && <Failure error={error} />}
      {step.finishReason === 'length' && <p className="text-xs text-warning">{text.cutOff}</p>}
      {step.unsupported && <p className="text-xs text-warning">{text.unsupported(step.unsupported)}</p>}
      {state !== 'running' && state !== 'given' && <StepFigures step={step} />}
      {editable && (state === 'failed' || state === 'stopped') && (
        <div>
          <Button size="sm" icon={<RotateCcw />} onClick={onRetry}>
            {text.retry}
          </Button>
        </div>
      )}
    </div>
  );
}

function Failure({ error }: { readonly error: StepError }) {
  const text = useMessages('playground');
  const page = pageOfError(error.code);
  return (
    <Callout tone="negative" live title={text.failed(error.status, error.code)}>
      <RefusalMessage error={error} />{' '}
      {page !== undefined && (
        <DocsLink page={page} {...(page === 'errors' && { anchor: error.code })}>
          {text.whatThisMeans}
        </DocsLink>
      )}
      <OperatorBudgetHint error={error} />
    </Callout>
  );
}

function ToolCallView({
  call,
  result,
  editable,
  onResult,
}: {
  readonly call: ToolCall;
  readonly result: string;
  readonly editable: boolean;
  readonly onResult: (result: string) => void;
}) {
  const text = useMessages('playground');
  return (
    <div className="flex min-w-0 flex-col gap-2 rounded-md border border-line px-3 py-2.5">
      <p className="flex items-center gap-2 text-sm font-medium text-ink">
        <Wrench aria-hidden className="size-4 text-ink-faint" />
        <code className="font-mono text-xs wrap-anywhere">{call.name}</code>
      </p>
      <pre className="overflow-x-auto rounded-sm bg-sunken px-2 py-1.5 font-mono text-xs text-ink">
        {prettyJson(call.arguments)}
      </pre>
      {editable ? (
        <Field label={text.toolResult(call.name)}>
          <Textarea
            rows={2}
            value={result}
            placeholder={text.toolResultPlaceholder}
            className="font-mono text-xs"
            onChange={(event) => onResult(event.target.value)}
          />
        </Field>
      ) : (
        result !== '' && <p className="font-mono text-xs wrap-anywhere text-ink-soft">→ {result}</p>
      )}
    </div>
  );
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
