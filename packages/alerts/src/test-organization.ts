/** An organization with one owner on a database of its own, for tests of what is looked at and what is told. */
import { randomBytes } from 'node:crypto';
import { type KeyRing, parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase } from '@tollgate/testing';
import type { AlertsChange } from './change.ts';
import { deliverAlerts } from './channels/deliver.ts';
import { evaluateAlerts } from './evaluate.ts';

export interface TestOrganization {
  readonly organizationId: string;
  readonly ring: KeyRing;
  nowMs: number;
  /** As the worker does. */
  look(): Promise<void>;
  inWorker<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
  inConsole<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
  changing(tx: Transaction): AlertsChange;
  close(): Promise<void>;
}

export async function openTestOrganization(): Promise<TestOrganization> {
  const testDatabase = await createTestDatabase();
  const open = (url: string): Database => openDatabase({ url, applicationName: 'alerts-test' });
  const [consoleDatabase, worker] = [open(testDatabase.urls.console), open(testDatabase.urls.worker)];
  const nowMs = Date.now();
  const [organizationId, userId] = [newId('organization', nowMs), newId('user', nowMs)];
  await consoleDatabase.person({ userId, organizationId }, async (tx) => {
    const user = { id: userId, email: 'ada@example.com', name: 'Ada', locale: 'en' };
    await tx.user.create({ data: user, select: { id: true } });
    await tx.$executeRaw`INSERT INTO organizations (id, name, slug) VALUES (${organizationId}, 'Acme', 'acme')`;
    const member = { id: newId('member', nowMs), organizationId, userId, role: 'owner' };
    await tx.membership.create({ data: member, select: { id: true } });
  });
  const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  const settings = { ring, consoleUrl: 'https://console.example', allowedPrivateOrigins: [] };
  const acme: TestOrganization = {
    organizationId,
    ring,
    nowMs,
    async look() {
      await evaluateAlerts(worker, { organizationId, nowMs: acme.nowMs });
      await deliverAlerts(worker, { ...settings, organizationId, nowMs: acme.nowMs });
    },
    inWorker: (run) => worker.tenant(organizationId, run),
    inConsole: (run) => consoleDatabase.tenant(organizationId, run),
    changing(tx) {
      const actor = { kind: 'user' as const, id: userId, name: 'Ada' };
      return {
        tx,
        organizationId,
        actor,
        origin: { ipAddress: '', userAgent: '', requestId: '' },
        nowMs: acme.nowMs,
      };
    },
    close: async () => {
      await Promise.all([consoleDatabase.close(), worker.close()]);
      await testDatabase.drop();
    },
  };
  return acme;
}
