/**
 * The system of the browser tests, and beside it a stand-in for the providers under the names of their own models: what
 * is in the pictures is what people read every day, not the names of simulated models.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simulateModel, startSimulator } from '@tollgate/simulator';
import { startSystem } from '../support/global-setup.ts';
import { PROVIDERS_FILE, type Providers } from './seed/providers.ts';

const MODELS = [
  ...['gpt-5.2', 'gpt-5-mini', 'claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5'],
  ...['gemini-2.5-pro', 'gemini-2.5-flash', 'qwen3-32b'],
];

export default async function globalSetup(): Promise<() => Promise<void>> {
  const simulator = await startSimulator({
    models: [
      ...MODELS.map((name) => simulateModel(name)),
      simulateModel('text-embedding-3-small', 'embedding'),
    ],
  });
  const providers: Providers = { url: simulator.url, apiKey: simulator.apiKey };
  await mkdir(path.dirname(PROVIDERS_FILE), { recursive: true });
  await writeFile(PROVIDERS_FILE, JSON.stringify(providers));
  const stop = await startSystem(0, { TOLLGATE_ALLOWED_PRIVATE_ORIGINS: new URL(simulator.url).origin });
  return async () => {
    await stop();
    await simulator.close();
  };
}
