'use client';
/** Any endpoint: the body as JSON, a file beside it where one is taken, and the answer in one piece. */
import { Button, Card, Combobox, EmptyState, Field, Select, Textarea } from '@tollgate/ui';
import { Braces, Code, Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { useModelOptions } from '../keys/key-options.ts';
import { readRefusal } from './chat-stream.ts';
import { newStep, type Step } from './conversation.ts';
import { FileField } from './file-field.tsx';
import { holdsItsNumbers } from './json-numbers.ts';
import { callPlayground } from './playground-api.ts';
import { filePartOf, RAW_ENDPOINTS, type RawBody, type RawEndpoint, templateOf } from './raw-endpoints.ts';
import { type Outcome, OutcomeView } from './raw-outcome.tsx';
import { toDataUrl } from './read-image.ts';
import { StartNotice } from './start-notice.tsx';
import { TeamField } from './team-field.tsx';
import type { PlaygroundStart } from './use-playground-start.ts';

const RawCodeDialog = later(async () => (await import('./raw-code-dialog.tsx')).RawCodeDialog);

export function RawPanel({ start }: { readonly start: PlaygroundStart }) {
  const text = useMessages('playground');
  const { raw } = start;
  const [endpoint, setEndpoint] = useState<RawEndpoint>(raw?.endpoint ?? 'embeddings');
  const [model, setModel] = useState(raw?.model ?? '');
  const [teamId, setTeamId] = useState('');
  const [body, setBody] = useState(() =>
    raw === undefined ? templateOf('embeddings', '', text.samples) : raw.text,
  );
  const [file, setFile] = useState<File>();
  const [showsCode, setShowsCode] = useState(false);
  const { outcome, isRunning, run, stop } = useRun();
  const { options, onSearch, loading } = useModelOptions();
  const parsed = parseBody(body);
  const filePart = filePartOf(endpoint);
  const choose = (nextEndpoint: RawEndpoint, nextModel: string) => {
    // What somebody has written stays; only the model in it changes.
    const same = nextEndpoint === endpoint && parsed !== undefined;
    if (nextEndpoint !== endpoint) setFile(undefined);
    setEndpoint(nextEndpoint);
    setModel(nextModel);
    setBody(
      same
        ? JSON.stringify({ ...parsed, model: nextModel }, null, 2)
        : templateOf(nextEndpoint, nextModel, text.samples),
    );
  };
  const isReady = parsed !== undefined && model !== '' && (filePart === undefined || file !== undefined);
  return (
    <div className="grid min-w-0 gap-5 lg:grid-cols-2">
      {raw !== undefined && (
        <div className="lg:col-span-2">
          <StartNotice start={start} />
        </div>
      )}
      <Card title={text.requestTitle}>
        <div className="flex flex-col gap-4">
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label={text.endpoint}>
              <Select
                value={endpoint}
                onValueChange={(value) => choose(value, model)}
                options={RAW_ENDPOINTS.map((value) => ({ value, label: text.endpoints[value] }))}
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
            <TeamField teamId={teamId} onChange={setTeamId} />
            {filePart && <FileField key={endpoint} accept={filePart.accept} onChange={setFile} />}
          </div>
          <Field
            label={text.body}
            error={parsed === undefined ? text.toolProblem.json : undefined}
            hint={parsed === undefined || holdsItsNumbers(body) ? undefined : text.roundedNumber}
          >
            <Textarea
              rows={14}
              spellCheck={false}
              className="font-mono text-xs"
              value={body}
              onChange={(event) => setBody(event.target.value)}
            />
          </Field>
          <div className="flex justify-end gap-2">
            <Button icon={<Code />} disabled={parsed === undefined} onClick={() => setShowsCode(true)}>
              {text.viewCode}
            </Button>
            {isRunning ? (
              <Button icon={<Square />} onClick={stop}>
                {text.stop}
              </Button>
            ) : (
              <Button
                variant="primary"
                icon={<Play />}
                disabled={!isReady}
                onClick={() => parsed && run({ endpoint, teamId, body: parsed, file })}
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
      {showsCode && parsed && (
        <RawCodeDialog endpoint={endpoint} body={parsed} onClose={() => setShowsCode(false)} />
      )}
    </div>
  );
}

interface RawCall {
  readonly endpoint: RawEndpoint;
  readonly teamId: string;
  readonly body: RawBody;
  readonly file: File | undefined;
}

/** One call at a time; it ends when the page is left. */
function useRun() {
  const [outcome, setOutcome] = useState<Outcome>();
  const [isRunning, setIsRunning] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (call: RawCall) => {
    const controller = new AbortController();
    running.current = controller;
    setIsRunning(true);
    setOutcome(undefined);
    setOutcome(await send(call, controller.signal));
    setIsRunning(false);
  };
  return { outcome, isRunning, run: (call: RawCall) => void run(call), stop: () => running.current?.abort() };
}

async function send({ endpoint, teamId, body, file }: RawCall, signal: AbortSignal): Promise<Outcome> {
  const startedMs = performance.now();
  const step = newStep();
  const end = (change: Partial<Step>, answer: Pick<Outcome, 'audio'> & { text?: string } = {}): Outcome => ({
    text: '',
    ...answer,
    step: { ...step, ...change, totalMs: performance.now() - startedMs },
  });
  try {
    const part = filePartOf(endpoint);
    const sent = part && file ? { ...body, [part.field]: await toDataUrl(file) } : body;
    const response = await callPlayground({ endpoint, teamId, body: sent, signal });
    const requestId = response.headers.get('x-tollgate-request-id');
    const head = requestId === null ? {} : { requestId };
    const isAudio = response.headers.get('content-type')?.startsWith('audio/') === true;
    if (response.ok && isAudio) return end({ ...head, state: 'done' }, { audio: await response.blob() });
    const text = await response.text();
    if (response.ok) return end({ ...head, state: 'done' }, { text });
    return end({ ...head, state: 'failed', error: readRefusal(response.status, text) });
  } catch (error) {
    if (signal.aborted) return end({ state: 'stopped' });
    return end({ state: 'failed', error: { status: 0, code: 'network_error', message: String(error) } });
  }
}

function parseBody(text: string): RawBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as RawBody) : undefined;
  } catch {
    return undefined;
  }
}
