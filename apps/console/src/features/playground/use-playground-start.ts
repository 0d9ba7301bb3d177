'use client';
/** What a playground begins with: a link's models and parameters, a saved prompt, or a request that was made. */
import type { Model, PlaygroundPromptDetail } from '@tollgate/api';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useRequest } from '../requests/use-request.ts';
import { EMPTY_SETTINGS, MAX_COLUMNS, readSavedContent, type Settings } from './conversation.ts';

/** A saved prompt as it was read: saving it anew replaces that version. */
export interface OpenedPrompt {
  readonly id: string;
  readonly version: number;
  readonly content: PlaygroundPromptDetail['content'];
}

export interface PlaygroundStart {
  readonly models: readonly string[];
  readonly settings: Settings;
  readonly message: string;
  readonly prompt: OpenedPrompt | undefined;
  /** Why something is not as somebody may expect. */
  readonly notice: 'no-content' | 'not-found' | undefined;
}

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
  if (request.isLoading || prompt.isLoading || models.isLoading) return undefined;
  const next = begin();
  setStart(next);
  return next;

  function begin(): PlaygroundStart {
    const base = { settings: EMPTY_SETTINGS, message: '', prompt: undefined, notice: undefined };
    if (prompt.data !== undefined) {
      const content = readSavedContent(prompt.data.content);
      const { system, parameters, tools } = content;
      return {
        models: content.models,
        settings: { ...EMPTY_SETTINGS, system, parameters, tools },
        message: content.messages[0] ?? '',
        prompt: prompt.data,
        notice: undefined,
      };
    }
    if (request.data !== undefined) {
      const { provider, model, requestedModel } = request.data;
      const name = provider !== '' && model !== '' ? `${provider}/${model}` : requestedModel;
      return { ...base, models: [name], notice: 'no-content' };
    }
    const { temperature = '', maxTokens = '' } = asked;
    const parameters = { ...EMPTY_SETTINGS.parameters, temperature, maxTokens };
    return {
      ...base,
      settings: { ...EMPTY_SETTINGS, parameters },
      models: (asked.models ?? models.data?.data[0]?.id ?? '')
        .split(',')
        .filter((model) => model !== '')
        .slice(0, MAX_COLUMNS),
      notice: asked.requestId === undefined && asked.promptId === undefined ? undefined : 'not-found',
    };
  }
}
