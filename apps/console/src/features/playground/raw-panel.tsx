'use client';
/** Every other endpoint that answers in one piece: the body as JSON, the answer as it came, images as images. */
import {
  Button,
  Callout,
  Card,
  CodeBlock,
  Combobox,
  EmptyState,
  Field,
  Select,
  Textarea,
} from '@tollgate/ui';
import { Braces, Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useModelOptions } from '../keys/key-options.ts';
import { readRefusal } from './chat-stream.ts';
import { newStep, type Step } from './conversation.ts';
import { callPlayground } from './playground-api.ts';
import { StepFigures } from './step-figures.tsx';

/** A body that works once a model stands in it. */
const TEMPLATES = {
  responses: { input: 'Say hello in one sentence.' },
  messages: { max_tokens: 256, messages: [{ role: 'user', content: 'Say hello in one sentence.' }] },
  embeddings: { input: ['A virtual key is no provider key.'] },
  moderations: { input: 'Is this harmless?' },
  'images.generations': { prompt: 'A toll gate at dawn, pencil drawing', n: 1, size: '1024x1024' },
  rerank: { query: 'What is a virtual key?', documents: ['A key of Tollgate.', 'A key on a piano.'] },
} as const;
type Endpoint = keyof typeof TEMPLATES;
const ENDPOINTS = Object.keys(TEMPLATES) as Endpoint[];

interface Outcome {
  readonly step: Step;
  readonly text: string;
}

export function RawPanel() {
  const text = useMessages('playground');
  const [endpoint, setEndpoint] = useState<Endpoint>('embeddings');
  const [model, setModel] = useState('');
  const [body, setBody] = useState(() => template('embeddings', ''));
  const [outcome, setOutcome] = useState<Outcome>();
  const [abort, setAbort] = useState<AbortController>();
  const running = useRef<AbortController>(undefined);
  const { options, onSearch, loading } = useModelOptions();
  useEffect(() => () => running.current?.abort(), []);
  const parsed = parseBody(body);
  const choose = (nextEndpoint: Endpoint, nextModel: string) => {
    // What somebody has written stays; only the model in it changes.
    const same = nextEndpoint === endpoint && parsed !== undefined;
    setEndpoint(nextEndpoint);
    setModel(nextModel);
    setBody(
      same ? JSON.stringify({ ...parsed, model: nextModel }, null, 2) : template(nextEndpoint, nextModel),
    );
  };
  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    setAbort(controller);
    setOutcome(undefined);
    setOutcome(await send(endpoint, parsed, controller.signal));
    setAbort(undefined);
  };
  return (
    <div className="grid min-w-0 gap-5 lg:grid-cols-2">
      <Card title={text.requestTitle}>
        <div className="flex flex-col gap-4">
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label={text.endpoint}>
              <Select
                value={endpoint}
                onValueChange={(value) => choose(value, model)}
                options={ENDPOINTS.map((value) => ({ value, label: text.endpoints[value] }))}
              />
            </Field>
            <Field label={text.model}>
              <Combobox
                value={model === '' ? undefined : model}
                placeholder={text.chooseModel}
                options={options}
                onSearch={onSearch}
                loading={loading}
                onValueChange={(value) => choose(endpoint, value ?? '')}
              />
            </Field>
          </div>
          <Field label={text.body} error={parsed === undefined ? text.toolProblem.json : undefined}>
            <Textarea
              rows={14}
              spellCheck={false}
              className="font-mono text-xs"
              value={body}
              onChange={(event) => setBody(event.target.value)}
            />
          </Field>
          <div className="flex justify-end">
            {abort ? (
              <Button icon={<Square />} onClick={() => abort.abort()}>
                {text.stop}
              </Button>
            ) : (
              <Button
                variant="primary"
                icon={<Play />}
                disabled={parsed === undefined || model === ''}
                onClick={() => void run()}
              >
                {text.run}
              </Button>
            )}
          </div>
        </div>
      </Card>
      <Card title={text.answerTitle}>
        {outcome === undefined ? (
          <EmptyState icon={<Braces />} title={text.noAnswerTitle}>
            {text.noAnswerText}
          </EmptyState>
        ) : (
          <OutcomeView outcome={outcome} />
        )}
      </Card>
    </div>
  );
}

function OutcomeView({ outcome: { step, text: answer } }: { readonly outcome: Outcome }) {
  const text = useMessages('playground');
  const { network_error: networkError } = useMessages('problems').codes;
  const { error } = step;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {error && (
        <Callout tone="negative" live title={text.failed(error.status, error.code)}>
          {error.code === 'network_error' ? networkError : error.message}
        </Callout>
      )}
      {step.state === 'stopped' && <p className="text-sm text-ink-soft">{text.stopped}</p>}
      {findImages(answer).map((url, position) => (
        <img
          key={`${position}-${url.length}`}
          src={url}
          alt={text.generatedImage(position + 1)}
          className="max-w-full rounded-md border border-line"
        />
      ))}
      {answer !== '' && <CodeBlock code={pretty(answer)} title="JSON" maxHeight="50vh" />}
      <StepFigures step={step} />
    </div>
  );
}

async function send(endpoint: Endpoint, body: unknown, signal: AbortSignal): Promise<Outcome> {
  const startedMs = performance.now();
  const step = newStep();
  const end = (change: Partial<Step>, text = ''): Outcome => ({
    step: { ...step, ...change, totalMs: performance.now() - startedMs },
    text,
  });
  try {
    const response = await callPlayground({ endpoint, teamId: '', body, signal });
    const text = await response.text();
    const requestId = response.headers.get('x-tollgate-request-id');
    const head = requestId === null ? {} : { requestId };
    if (response.ok) return end({ ...head, state: 'done' }, text);
    return end({ ...head, state: 'failed', error: readRefusal(response.status, text) });
  } catch (error) {
    if (signal.aborted) return end({ state: 'stopped' });
    return end({ state: 'failed', error: { status: 0, code: 'network_error', message: String(error) } });
  }
}

function template(endpoint: Endpoint, model: string): string {
  return JSON.stringify({ model, ...TEMPLATES[endpoint] }, null, 2);
}

function parseBody(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const LONG_TEXT = 400;

/** Vectors and images would bury the rest. */
function pretty(text: string): string {
  try {
    const value: unknown = JSON.parse(text, (_, item: unknown) => {
      if (typeof item === 'string' && item.length > LONG_TEXT)
        return `${item.slice(0, 60)}… (${item.length})`;
      const isVector =
        Array.isArray(item) && item.length > 16 && item.every((one) => typeof one === 'number');
      return isVector ? [...item.slice(0, 6), `… (${item.length})`] : item;
    });
    return JSON.stringify(value, null, 2);
  } catch {
    return text;
  }
}

/** Only those that came along: nothing is fetched from elsewhere. */
function findImages(text: string): readonly string[] {
  try {
    const { data } = JSON.parse(text) as { data?: readonly { b64_json?: string }[] };
    return (data ?? []).flatMap(({ b64_json: bytes }) => (bytes ? [`data:image/png;base64,${bytes}`] : []));
  } catch {
    return [];
  }
}
