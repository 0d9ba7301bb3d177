'use client';
/** The conversation of all columns, and the calls that run. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { applyEvent, createEventReader, readRefusal } from './chat-stream.ts';
import {
  type Column,
  MAX_COLUMNS,
  newColumn,
  newLocalId,
  newStep,
  type PromptImage,
  type Settings,
  type Step,
  type Turn,
  toChatBody,
} from './conversation.ts';
import { callPlayground } from './playground-api.ts';

export interface Playground {
  readonly columns: readonly Column[];
  readonly turns: readonly Turn[];
  readonly running: boolean;
  readonly setModel: (columnId: string, model: string) => void;
  readonly addColumn: (model?: string) => void;
  readonly removeColumn: (columnId: string) => void;
  /** Puts other models in place and forgets what was said. */
  readonly restart: (models?: readonly string[]) => void;
  /** Asks every column that has a model. */
  readonly ask: (text: string, images: readonly PromptImage[]) => void;
  readonly setToolResult: (columnId: string, stepId: string, callId: string, result: string) => void;
  /** Goes on after the tools have answered. */
  readonly proceed: (columnId: string) => void;
  readonly retry: (columnId: string) => void;
  readonly stop: () => void;
}

/** What a conversation begins with. */
export interface FirstConversation {
  readonly models: readonly string[];
  readonly turns: readonly Turn[];
  /** By the id of the turn; every model goes on from them. */
  readonly answers: Column['answers'];
}

export function usePlayground(settings: Settings, first: FirstConversation): Playground {
  const toColumn = (model: string): Column => ({ ...newColumn(model), answers: first.answers });
  const [columns, setColumns] = useState<readonly Column[]>(() =>
    (first.models.length === 0 ? [''] : first.models).slice(0, MAX_COLUMNS).map(toColumn),
  );
  const [turns, setTurns] = useState(first.turns);
  const [runningCount, setRunningCount] = useState(0);
  const aborts = useRef(new Set<AbortController>());

  const stop = useCallback(() => {
    for (const abort of aborts.current) abort.abort();
  }, []);

  // What runs ends with the page, upstream too.
  useEffect(() => stop, [stop]);

  const changeStep = useCallback(
    (columnId: string, turnId: string, stepId: string, change: (step: Step) => Step) => {
      setColumns((current) =>
        current.map((column) =>
          column.id === columnId
            ? {
                ...column,
                answers: {
                  ...column.answers,
                  [turnId]: (column.answers[turnId] ?? []).map((step) =>
                    step.id === stepId ? change(step) : step,
                  ),
                },
              }
            : column,
        ),
      );
    },
    [],
  );

  /** @param column As it is when the call begins: what it said so far goes along. */
  const run = async (column: Column, allTurns: readonly Turn[]): Promise<void> => {
    const turn = allTurns.at(-1);
    if (turn === undefined || column.model === '') return;
    const step = newStep();
    setColumns((current) =>
      current.map((one) =>
        one.id === column.id
          ? { ...one, answers: { ...one.answers, [turn.id]: [...(column.answers[turn.id] ?? []), step] } }
          : one,
      ),
    );
    const abort = new AbortController();
    aborts.current.add(abort);
    setRunningCount((count) => count + 1);
    try {
      await readAnswer({
        settings,
        body: toChatBody(settings, allTurns, column),
        signal: abort.signal,
        change: (update) => changeStep(column.id, turn.id, step.id, update),
      });
    } finally {
      aborts.current.delete(abort);
      setRunningCount((count) => count - 1);
    }
  };

  return {
    columns,
    turns,
    running: runningCount > 0,
    setModel: (columnId, model) =>
      setColumns((current) => current.map((one) => (one.id === columnId ? { ...one, model } : one))),
    addColumn: (model = '') =>
      setColumns((current) => (current.length < MAX_COLUMNS ? [...current, toColumn(model)] : current)),
    removeColumn: (columnId) => setColumns((current) => current.filter(({ id }) => id !== columnId)),
    restart: (models) => {
      stop();
      setTurns([]);
      setColumns((current) =>
        (models ?? current.map(({ model }) => model)).slice(0, MAX_COLUMNS).map(newColumn),
      );
    },
    ask: (text, images) => {
      const next = [...turns, { id: newLocalId('turn'), text, images }];
      setTurns(next);
      for (const column of columns) void run(column, next);
    },
    setToolResult: (columnId, stepId, callId, result) => {
      const turn = turns.at(-1);
      if (turn === undefined) return;
      changeStep(columnId, turn.id, stepId, (step) => ({
        ...step,
        toolResults: { ...step.toolResults, [callId]: result },
      }));
    },
    proceed: (columnId) => {
      const column = columns.find(({ id }) => id === columnId);
      if (column !== undefined) void run(column, turns);
    },
    retry: (columnId) => {
      const column = columns.find(({ id }) => id === columnId);
      const turn = turns.at(-1);
      if (column === undefined || turn === undefined) return;
      const kept = (column.answers[turn.id] ?? []).slice(0, -1);
      void run({ ...column, answers: { ...column.answers, [turn.id]: kept } }, turns);
    },
    stop,
  };
}

interface AnswerOptions {
  readonly settings: Settings;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly change: (update: (step: Step) => Step) => void;
}

/** Never rejects: what goes wrong stands in the step. */
async function readAnswer({ settings, body, signal, change }: AnswerOptions): Promise<void> {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  try {
    const response = await callPlayground({
      endpoint: 'chat.completions',
      teamId: settings.teamId,
      body,
      signal,
    });
    const head = readHead(response.headers);
    if (!response.ok) {
      const error = readRefusal(response.status, await response.text());
      change((step) => ({ ...step, ...head, state: 'failed', error, totalMs: elapsedMs() }));
      return;
    }
    change((step) => ({ ...step, ...head }));
    await readBody(response, change, elapsedMs);
    change((step) => ({
      ...step,
      state: step.state === 'running' ? 'done' : step.state,
      totalMs: elapsedMs(),
    }));
  } catch (error) {
    const stopped = signal.aborted;
    change((step) => ({
      ...step,
      state: stopped ? 'stopped' : 'failed',
      totalMs: elapsedMs(),
      ...(!stopped && { error: { status: 0, code: 'network_error', message: String(error) } }),
    }));
  }
}

function readHead(headers: Headers): Partial<Step> {
  const requestId = headers.get('x-tollgate-request-id');
  const provider = headers.get('x-tollgate-provider');
  const unsupported = headers.get('x-tollgate-unsupported');
  return {
    ...(requestId !== null && { requestId }),
    ...(provider !== null && { provider }),
    ...(unsupported !== null && { unsupported }),
  };
}

async function readBody(
  response: Response,
  change: AnswerOptions['change'],
  elapsedMs: () => number,
): Promise<void> {
  const isStream = (response.headers.get('content-type') ?? '').includes('event-stream');
  if (!isStream || response.body === null) {
    const text = await response.text();
    change((step) => applyEvent(step, text));
    return;
  }
  const readEvents = createEventReader();
  const decoder = new TextDecoder();
  const take = (text: string) => {
    const events = readEvents(text);
    if (events.length === 0) return;
    const atMs = elapsedMs();
    change((step) => {
      const next = events.reduce(applyEvent, step);
      const said = next.text !== '' || next.reasoning !== '' || next.toolCalls.length > 0;
      return said && step.firstTokenMs === undefined ? { ...next, firstTokenMs: atMs } : next;
    });
  };
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    take(decoder.decode(piece.value, { stream: true }));
  }
  take(`${decoder.decode()}\n\n`);
}
