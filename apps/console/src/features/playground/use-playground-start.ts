'use client';
/** What a playground begins with: a link's models and parameters, a saved prompt, or a request that was made. */
import type { Model, PlaygroundPromptDetail, RequestDetail, RequestPayload } from '@tollgate/api';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useRequestPayload } from '../payloads/use-request-payload.ts';
import { useRequest } from '../requests/use-request.ts';
import { EMPTY_SETTINGS, MAX_COLUMNS, type Settings } from './conversation.ts';
import { type NoContent, type RawStart, type ReplayProblem, readReplay, whyNoContent } from './replay.ts';
import { readSavedContent } from './saved-content.ts';
import type { FirstConversation } from './use-playground.ts';

/** A saved prompt as it was read: saving it anew replaces that version. */
export interface OpenedPrompt {
  readonly id: string;
  readonly version: number;
  readonly content: PlaygroundPromptDetail['content'];
}

export type StartNotice = 'replayed' | 'not-found' | NoContent | ReplayProblem;

export interface PlaygroundStart extends FirstConversation {
  readonly settings: Settings;
  readonly message: string;
  /** A request that the chat cannot say: for the panel of bodies. */
  readonly raw: RawStart | undefined;
  readonly prompt: OpenedPrompt | undefined;
  /** Why something is not as somebody may expect. */
  readonly notice: StartNotice | undefined;
  /** Where it comes from. */
  readonly requestId: string | undefined;
}

const EMPTY_START: PlaygroundStart = {
  models: [],
  turns: [],
  answers: {},
  settings: EMPTY_SETTINGS,
  message: '',
  raw: undefined,
  prompt: undefined,
  notice: undefined,
  requestId: undefined,
};

/** @returns Nothing until it is known. Later changes of the address change nothing. */
export function usePlaygroundStart(): PlaygroundStart | undefined {
  const url = useUrlState();
  const [asked] = useState(() => ({
    requestId: url.get('request'),
    promptId: url.get('prompt'),
    models: url.get('models'),
    temperature: url.get('temperature'),
    maxTokens: url.get('maxTokens'),
  }));
  const request = useRequest(asked.requestId);
  const keptOf = request.data?.payloadKeptUntil == null ? undefined : request.data.id;
  const payload = useRequestPayload(keptOf);
  const prompt = useApiQuery<PlaygroundPromptDetail>(
    asked.promptId === undefined ? undefined : `/playground/prompts/${encodeURIComponent(asked.promptId)}`,
  );
  // Test traffic first: a first try should cost nothing.
  const models = useApiQuery<{ data: readonly Model[] }>(
    withQuery('/models', { limit: 1, livemode: false }),
    {
      enabled: asked.models === undefined && asked.requestId === undefined && asked.promptId === undefined,
    },
  );
  const [start, setStart] = useState<PlaygroundStart>();
  if (start !== undefined) return start;
  if (request.isLoading || payload.isLoading || prompt.isLoading || models.isLoading) return undefined;
  const next = begin();
  setStart(next);
  return next;

  function begin(): PlaygroundStart {
    if (prompt.data !== undefined) return startOfPrompt(prompt.data);
    if (request.data !== undefined)
      return startOfRequest(request.data, payload.data ?? whyNoContent(payload.error?.status));
    const { temperature = '', maxTokens = '' } = asked;
    const parameters = { ...EMPTY_SETTINGS.parameters, temperature, maxTokens };
    return {
      ...EMPTY_START,
      settings: { ...EMPTY_SETTINGS, parameters },
      models: (asked.models ?? models.data?.data[0]?.id ?? '')
        .split(',')
        .filter((model) => model !== '')
        .slice(0, MAX_COLUMNS),
      notice: asked.requestId === undefined && asked.promptId === undefined ? undefined : 'not-found',
    };
  }
}

function startOfPrompt(prompt: PlaygroundPromptDetail): PlaygroundStart {
  const { models, system, parameters, tools, messages } = readSavedContent(prompt.content);
  return {
    ...EMPTY_START,
    models,
    settings: { ...EMPTY_SETTINGS, system, parameters, tools },
    message: messages[0] ?? '',
    prompt,
  };
}

function startOfRequest(request: RequestDetail, payload: RequestPayload | NoContent): PlaygroundStart {
  const { id, provider, model, requestedModel } = request;
  const name = provider !== '' && model !== '' ? `${provider}/${model}` : requestedModel;
  const base = { ...EMPTY_START, models: [name], requestId: id };
  if (typeof payload === 'string') return { ...base, notice: payload };
  const replay = readReplay(request, payload.request);
  if ('problem' in replay) return { ...base, notice: replay.problem };
  if ('raw' in replay) return { ...base, raw: replay.raw, notice: 'replayed' };
  const { model: asked, ...conversation } = replay.chat;
  return { ...base, ...conversation, models: [asked], notice: 'replayed' };
}
