/** What a gateway needs in its database: an organization with a key, and a credential for each provider in use. */
import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import { parseCredentialFields } from '@tollgate/providers';
import type { TestDatabase } from '@tollgate/testing';

/** A provider as the tenant has it. */
export interface Guise {
  readonly provider: string;
  /** As a person types them: `apiKey`, `baseUrl`, `region`, … */
  readonly fields: Readonly<Record<string, string>>;
  readonly models: readonly string[];
}

export interface Tenant {
  /** The virtual key. */
  readonly secret: string;
  readonly peppers: string;
  readonly encryptionKeys: string;
}

const PRICE = { input: '250000', cachedInput: '25000', output: '2000000' };

export async function createTenant(database: TestDatabase, guises: readonly Guise[]): Promise<Tenant> {
  const peppers = `1:${randomBytes(32).toString('base64url')}`;
  const encryptionKeys = `1:${randomBytes(32).toString('base64url')}`;
  const migrator = openDatabase({ url: database.urls.migrator, applicationName: 'conformance' });
  const console = openDatabase({ url: database.urls.console, applicationName: 'conformance' });
  try {
    await createCatalogue(migrator, guises);
    const organizationId = newId('organization', Date.now());
    await console.tenant(organizationId, (tx) =>
      tx.organization.create({
        data: { id: organizationId, name: 'Conformance', slug: `conformance-${Date.now()}` },
        select: { id: true },
      }),
    );
    const secret = await createKey(console, organizationId, peppers);
    for (const guise of guises) await createCredential(console, organizationId, encryptionKeys, guise);
    return { secret, peppers, encryptionKeys };
  } finally {
    await Promise.all([migrator.close(), console.close()]);
  }
}

async function createCatalogue(migrator: Database, guises: readonly Guise[]): Promise<void> {
  await migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.organization.upsert({
      where: { id: OPERATOR_ORGANIZATION_ID },
      create: { id: OPERATOR_ORGANIZATION_ID, name: 'Operator', slug: 'operator' },
      update: {},
    });
    for (const { provider, models } of guises) {
      for (const name of models) {
        await tx.model.create({
          data: { id: newId('model', Date.now()), provider, name, mode: 'chat', aliases: [] },
        });
        await tx.priceVersion.create({
          data: {
            id: newId('priceVersion', Date.now()),
            layer: 'catalogue',
            organizationId: OPERATOR_ORGANIZATION_ID,
            provider,
            model: name,
            validFrom: new Date(0),
            components: PRICE,
          },
        });
      }
    }
  });
}

async function createKey(console: Database, organizationId: string, peppers: string): Promise<string> {
  const keyId = newId('virtualKey', Date.now());
  const secret = mintKeySecret();
  await console.tenant(organizationId, async (tx) => {
    await tx.virtualKey.create({
      data: { id: keyId, organizationId, name: 'conformance', createdById: 'usr_conformance' },
      select: { id: true },
    });
    await tx.virtualKeySecret.create({
      data: {
        id: newId('keySecret', Date.now()),
        organizationId,
        keyId,
        hint: keyHint(secret),
        ...hashKeySecret(secret, parseKeyRing(peppers)),
      },
      select: { id: true },
    });
  });
  return secret;
}

async function createCredential(
  console: Database,
  organizationId: string,
  encryptionKeys: string,
  { provider, fields, models }: Guise,
): Promise<void> {
  const parsed = parseCredentialFields(provider, fields);
  if (!parsed.ok) throw new Error(`Cannot use ${provider}: ${JSON.stringify(parsed.errors)}`);
  const { baseUrl, region, secret, hint } = parsed.credential;
  const id = newId('providerCredential', Date.now());
  await console.tenant(organizationId, (tx) =>
    tx.providerCredential.create({
      data: {
        id,
        organizationId,
        provider,
        name: provider,
        baseUrl,
        secretHint: hint,
        ...(region === '' ? {} : { region }),
        secretCiphertext: sealSecret(
          parseKeyRing(encryptionKeys),
          { organizationId, recordId: id, field: 'secret', baseUrl },
          secret,
        ),
        models: [...models],
      },
      select: { id: true },
    }),
  );
}
