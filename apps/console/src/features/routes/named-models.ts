'use client';
/** Models that targets name. Only those are asked for, each once a minute, however many are asked for in one moment together. */
import { useQueries } from '@tanstack/react-query';
import type { Model } from '@tollgate/api';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

/** Commas stand between the names of a question; no model has one, which is known without asking. */
const canBeAsked = (name: string) => name !== '' && !name.includes(',');

const FRESH_MS = 60_000;
/** As long as an address can well be: names have up to 300 letters. */
const NAMES_PER_QUESTION = 40;
const MODELS_PER_PAGE = 200;

export interface NamedModels {
  /** Models that a name means: one with its provider, or all that are called so. */
  readonly find: (name: string) => readonly Model[];
  /** Whether `find` knows all there are of a name. */
  readonly isKnown: (name: string) => boolean;
}

export function useNamedModels(asked: readonly string[]): NamedModels {
  const enabled = usePermission('models:read');
  const names = [...new Set(asked.map((name) => name.trim()).filter(canBeAsked))];
  const answers = useQueries({
    queries: names.map((name) => ({
      queryKey: [...apiQueryKey('/models'), 'named', name],
      queryFn: () => readTogether(name),
      staleTime: FRESH_MS,
      retry: false,
      enabled,
    })),
  });
  const answered = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  const question = names.join();
  return useMemo(() => {
    const known = new Map(names.map((name, place) => [name, answers[place]?.data]));
    return {
      find: (name) => known.get(name.trim()) ?? [],
      isKnown: (name) => name.includes(',') || known.get(name.trim()) !== undefined,
    };
  }, [answered, question]);
}

/** Names that wait for the end of this moment, and the answer to all of them. */
let waiting: { readonly names: Set<string>; readonly models: Promise<readonly Model[]> } | undefined;

async function readTogether(name: string): Promise<readonly Model[]> {
  waiting ??= gather();
  waiting.names.add(name);
  return (await waiting.models).filter((model) => [model.id, model.name, ...model.aliases].includes(name));
}

function gather(): NonNullable<typeof waiting> {
  const names = new Set<string>();
  const models = Promise.resolve().then(async () => {
    waiting = undefined;
    const all = [...names];
    const questions = Array.from({ length: Math.ceil(all.length / NAMES_PER_QUESTION) }, (_, piece) =>
      readNamed(all.slice(piece * NAMES_PER_QUESTION, (piece + 1) * NAMES_PER_QUESTION)),
    );
    const found = (await Promise.all(questions)).flat();
    return [...new Map(found.map((model) => [model.id, model])).values()];
  });
  return { names, models };
}

/** A name without its provider can be served by many. */
async function readNamed(names: readonly string[]): Promise<readonly Model[]> {
  const models: Model[] = [];
  let cursor: string | null = null;
  do {
    const page: ApiPage<Model> = await apiFetch<ApiPage<Model>>(
      withQuery('/models', { names, limit: MODELS_PER_PAGE, cursor }),
    );
    models.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return models;
}
