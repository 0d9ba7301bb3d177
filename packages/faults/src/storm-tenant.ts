/** A tenant for one kind of storm: an own credential in the guise of its provider, its price, and hard budgets. */
import { parseKeyRing } from '@tollgate/config';
import { openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { sealSecret } from '@tollgate/keys';
import type { NewBudget } from '@tollgate/limits';
import type { StormKind } from './storm-kinds.ts';
import type { System } from './system.ts';
import { createTenant, type Tenant } from './tenant.ts';

export type StormBudget = Pick<NewBudget, 'scope' | 'period' | 'limitPicoUsd'>;

/** One at a time: they share the operator's rows, and would wait for each other inside their transactions. */
let last: Promise<unknown> = Promise.resolve();

export function createStormTenant(...args: Parameters<typeof create>): Promise<Tenant> {
  const next = last.then(() => create(...args));
  last = next.catch(() => undefined);
  return next;
}

/** @returns The id of the file that the kind's calls name; empty where they name none. */
export async function uploadStormFile(system: System, { file, basePath }: StormKind): Promise<string> {
  if (file === undefined) return '';
  const { url, apiKey } = simulatorOf(system);
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([file.map((line) => `${JSON.stringify(line)}\n`).join('')]), 'storm.jsonl');
  const response = await fetch(`${url}${basePath}/files`, {
    method: 'POST',
    // By its name it is known to be no attempt of a gateway's.
    headers: { authorization: `Bearer ${apiKey}`, 'x-client-request-id': 'storm-input' },
    body: form,
  });
  const { id } = (await response.json()) as { id: string };
  return id;
}

function simulatorOf({ simulator }: System): { readonly url: string; readonly apiKey: string } {
  const { args = [] } = simulator.plan;
  return {
    url: new URL(simulator.plan.healthUrl).origin,
    apiKey: args[args.indexOf('--api-key') + 1]!,
  };
}

async function create(system: System, kind: StormKind, budgets: readonly StormBudget[]): Promise<Tenant> {
  const nowMs = Date.now();
  const consoleUrl = system.testDatabase.urls.console;
  const { url: simulatorUrl, apiKey: simulatorApiKey } = simulatorOf(system);
  const simulatorBaseUrl = `${simulatorUrl}/v1`;
  const tenant = await createTenant({
    consoleUrl,
    ...system.secrets,
    simulatorBaseUrl,
    simulatorApiKey,
    nowMs,
    limits: { budgets },
  });
  const { organizationId } = tenant;
  const credentialId = newId('providerCredential', nowMs);
  const baseUrl = `${simulatorUrl}${kind.basePath}`;
  const sealed = { organizationId, recordId: credentialId, field: 'secret', baseUrl } as const;
  const database = openDatabase({ url: consoleUrl, applicationName: 'storm', maxConnections: 1 });
  try {
    await database.tenant(organizationId, async (tx) => {
      await tx.providerCredential.create({
        data: {
          id: credentialId,
          organizationId,
          provider: kind.provider,
          name: kind.name,
          baseUrl,
          livemode: false,
          models: [kind.model],
          secretCiphertext: sealSecret(parseKeyRing(system.secrets.encryptionKeys), sealed, simulatorApiKey),
        },
      });
      if (Object.keys(kind.components).length === 0) return;
      await tx.priceVersion.create({
        data: {
          id: newId('priceVersion', nowMs),
          layer: 'organization',
          organizationId,
          provider: kind.provider,
          model: kind.model,
          // After those that every tenant has: the newest counts.
          validFrom: new Date(86_400_000),
          components: kind.components,
          tiers: (kind.tiers ?? []).map((tier) => ({ ...tier })),
        },
      });
    });
  } finally {
    await database.close();
  }
  return tenant;
}
