/** Where the stand-in for the providers is, and what of it the organization uses: the operator's, and its own. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseKeyRing } from '@tollgate/config';
import { sealSecret } from '@tollgate/keys';
import { inDatabase } from '../../support/operator.ts';
import type { System } from '../../support/system.ts';
import type { Caller } from './caller.ts';

const OPERATOR_ORGANIZATION_ID = 'org_operator';
export const PROVIDERS_FILE = path.resolve(import.meta.dirname, '../../../test-results/providers.json');

export interface Providers {
  readonly url: string;
  readonly apiKey: string;
}

const RESOLD = [
  { id: 'cred_openai', provider: 'openai', name: 'OpenAI', path: '/v1', models: ['gpt-5.2', 'gpt-5-mini'] },
  {
    id: 'cred_anthropic',
    provider: 'anthropic',
    name: 'Anthropic',
    path: '/v1',
    models: ['claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5'],
  },
] as const;

export async function readProviders(): Promise<Providers> {
  return JSON.parse(await readFile(PROVIDERS_FILE, 'utf8')) as Providers;
}

/** What the operator resells, live: the console has no page where it would be typed in. */
export async function resellProviders(system: System, { url, apiKey }: Providers): Promise<void> {
  const secrets = JSON.parse(await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8')) as {
    TOLLGATE_ENCRYPTION_KEYS: string;
  };
  const ring = parseKeyRing(secrets.TOLLGATE_ENCRYPTION_KEYS);
  await inDatabase(system, async (client) => {
    for (const { id, provider, name, path: basePath, models } of RESOLD) {
      const baseUrl = `${url}${basePath}`;
      const bound = { organizationId: OPERATOR_ORGANIZATION_ID, recordId: id, field: 'secret', baseUrl };
      await client.query(
        `INSERT INTO provider_credentials
           (id, organization_id, provider, name, base_url, secret_ciphertext, secret_hint, models, livemode)
         VALUES ($1, $2, $3, $4, $5, $6, 'sk-…', $7, true)`,
        [id, OPERATOR_ORGANIZATION_ID, provider, name, baseUrl, sealSecret(ring, bound, apiKey), [...models]],
      );
      await client.query(
        `INSERT INTO outbox_events (id, organization_id, kind, target_id) VALUES ($1, $2, 'credential-changed', $3)`,
        [`evt_${id}`, OPERATOR_ORGANIZATION_ID, id],
      );
    }
  });
}

/** One with a price, one without, one of a provider that is not asked. */
export async function connectOwnProviders(caller: Caller, { url, apiKey }: Providers): Promise<void> {
  await caller.post('/provider-credentials', {
    provider: 'google',
    name: 'Gemini, contract of 2026',
    apiKey,
    baseUrl: `${url}/v1beta`,
    models: ['gemini-2.5-pro', 'gemini-2.5-flash'],
  });
  await caller.post('/provider-credentials', {
    provider: 'openai-compatible',
    name: 'GPU cluster in Frankfurt',
    apiKey,
    baseUrl: `${url}/v1`,
    models: ['qwen3-32b'],
  });
  const { id } = await caller.post<{ id: string }>('/provider-credentials', {
    provider: 'openai',
    name: 'OpenAI, embeddings',
    apiKey,
    baseUrl: `${url}/v1`,
    models: ['text-embedding-3-small'],
  });
  await caller.post(`/provider-credentials/${id}/test`, {});
}
