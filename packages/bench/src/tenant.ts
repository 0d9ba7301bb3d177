/** A database with what a gateway needs to serve: an operator's credential, two priced models, one key. */
import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, type KeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import type { TestDatabase } from '@tollgate/testing';

export interface BenchTenant {
  readonly secret: KeySecret;
  readonly peppers: string;
  readonly encryptionKeys: string;
}

export async function createTenant(
  database: TestDatabase,
  upstreamUrl: string,
  apiKey: string,
): Promise<BenchTenant> {
  const peppers = `1:${randomBytes(32).toString('base64url')}`;
  const encryptionKeys = `1:${randomBytes(32).toString('base64url')}`;
  const secret = mintKeySecret();
  const migrator = openDatabase({ url: database.urls.migrator, applicationName: 'bench' });
  const console = openDatabase({ url: database.urls.console, applicationName: 'bench' });
  const nowMs = Date.now();

  await migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.organization.upsert({
      where: { id: OPERATOR_ORGANIZATION_ID },
      create: { id: OPERATOR_ORGANIZATION_ID, name: 'Operator', slug: 'operator' },
      update: {},
    });
    for (const name of ['sim-small', 'sim-large']) {
      await tx.model.create({
        data: { id: newId('model', nowMs), provider: 'simulator', name, mode: 'chat', aliases: [] },
      });
      await tx.priceVersion.create({
        data: {
          id: newId('priceVersion', nowMs),
          layer: 'catalogue',
          organizationId: OPERATOR_ORGANIZATION_ID,
          provider: 'simulator',
          model: name,
          validFrom: new Date(0),
          components: { input: '250000', output: '2000000' },
        },
      });
    }
    const credentialId = newId('providerCredential', nowMs);
    const baseUrl = `${upstreamUrl}/v1`;
    const context = {
      organizationId: OPERATOR_ORGANIZATION_ID,
      recordId: credentialId,
      field: 'secret',
      baseUrl,
    };
    await tx.providerCredential.create({
      data: {
        id: credentialId,
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'simulator',
        name: 'upstream',
        baseUrl,
        secretCiphertext: sealSecret(parseKeyRing(encryptionKeys), context, apiKey),
        models: [],
      },
    });
  });
  const organizationId = newId('organization', nowMs);
  const keyId = newId('virtualKey', nowMs);
  await console.tenant(organizationId, async (tx) => {
    await tx.organization.create({
      data: { id: organizationId, name: 'Bench', slug: `bench-${nowMs}` },
      select: { id: true },
    });
    await tx.virtualKey.create({
      data: { id: keyId, organizationId, name: 'bench', createdById: 'usr_bench' },
      select: { id: true },
    });
    await tx.virtualKeySecret.create({
      data: {
        id: newId('keySecret', nowMs),
        organizationId,
        keyId,
        hint: keyHint(secret),
        ...hashKeySecret(secret, parseKeyRing(peppers)),
      },
      select: { id: true },
    });
  });
  await Promise.all([migrator.close(), console.close()]);
  return { secret, peppers, encryptionKeys };
}
