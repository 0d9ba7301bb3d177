import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase, type Transaction } from '@tollgate/db';
import { openSecret } from '@tollgate/keys';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedSimulatorCredential } from './simulator-credential.ts';

const encryptionKeys = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.urls.console, applicationName: 'seed' });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const asOperator = <T>(run: (tx: Transaction) => Promise<T>) =>
  database.tenant(OPERATOR_ORGANIZATION_ID, run);
const find = () => asOperator((tx) => tx.providerCredential.findFirst({ where: { id: 'cred_simulator' } }));
const start = (port: number) =>
  seedSimulatorCredential({
    database,
    encryptionKeys,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: `sim-${port}`,
  });

describe('the simulator that an operator resells', () => {
  it('follows its port and key, and keeps what the operator made of it', async () => {
    await start(4010);
    await asOperator((tx) =>
      tx.providerCredential.updateMany({
        data: { name: 'Practice', models: ['sim-small'], disabledAt: new Date() },
      }),
    );
    await start(4011);
    const row = (await find())!;
    expect(row).toMatchObject({ name: 'Practice', models: ['sim-small'], disabledAt: expect.any(Date) });
    const { organizationId, id: recordId, baseUrl, secretCiphertext } = row;
    expect(
      openSecret(encryptionKeys, { organizationId, recordId, field: 'secret', baseUrl }, secretCiphertext!),
    ).toBe('sim-4011');
  });

  it('is not seeded again for an operator who has deleted it', async () => {
    await asOperator(async (tx) => {
      await tx.providerCredential.deleteMany({ where: { id: 'cred_simulator' } });
      await tx.auditEvent.create({
        data: {
          id: 'evt_deleted',
          organizationId: OPERATOR_ORGANIZATION_ID,
          actorKind: 'user',
          actorId: 'usr_1',
          actorName: 'Operator',
          action: 'provider-credential-deleted',
          targetKind: 'providerCredential',
          targetId: 'cred_simulator',
          targetName: 'Simulator',
          occurredAt: new Date(),
        },
        select: { id: true },
      });
    });
    await start(4012);
    expect(await find()).toBeNull();
  });
});
