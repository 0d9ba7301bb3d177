import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { NO_ORIGIN } from '@tollgate/audit';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import type { Database } from '@tollgate/db';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { type S3StandIn, STAND_IN_KEYS, STAND_IN_REGION, startS3StandIn } from '../fixtures/s3-stand-in.ts';
import { closePeriods } from '../lifecycle/close-periods.ts';
import { deliverExports } from './deliver-exports.ts';
import {
  createDestination,
  type ExportDestination,
  type ExportsChange,
  lockDestination,
  removeDestination,
  testDestination,
  updateDestination,
} from './export-destinations.ts';
import { makeExports } from './export-jobs.ts';
import { deliverAgain, listDeliveries } from './list-deliveries.ts';

const DAY_MS = 86_400_000;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
const clock = fixedClock(NOVEMBER_MS);
let fixture: BillingFixture;
let storage: S3StandIn;
let folder: string;
beforeAll(async () => {
  fixture = await createBillingFixture();
  storage = await startS3StandIn(() => clock.nowMs());
  folder = mkdtempSync(join(tmpdir(), 'tollgate-deliveries-'));
});
afterAll(async () => {
  await storage?.close();
  await fixture?.close();
  rmSync(folder, { recursive: true, force: true });
});

const placeOf = ({ endpoint, region, bucket, pathStyle, prefix, accessKeyId }: ExportDestination) => ({
  endpoint,
  region,
  bucket,
  pathStyle,
  prefix,
  accessKeyId,
});

type Schedule = { kind?: string; format?: string; every?: string };

/** An organization with usage in November, and a bucket that gets what the schedules make. */
async function prepare(schedules: readonly Schedule[], days = 30) {
  clock.set(NOVEMBER_MS);
  const organizationId = await fixture.createOrganization();
  const range = { toMs: NOVEMBER_MS + days * DAY_MS, livemodes: [true], size: 60 };
  const entries = fc.sample(anyEntries(range), { numRuns: 3, seed: 7 }).flat();
  await insertEntries(fixture.worker, organizationId, entries);
  const bucket = organizationId.toLowerCase().replace(/[^a-z0-9]/g, '-');
  // Events of one millisecond have no order.
  const change = <T>(run: (change: ExportsChange) => Promise<T>) => {
    clock.advance(1);
    const actor = { kind: 'user' as const, id: 'usr_1', name: 'Finance' };
    return fixture.console.tenant(organizationId, (tx) =>
      run({ tx, organizationId, actor, origin: NO_ORIGIN, now: clock.now() }),
    );
  };
  const place = { endpoint: storage.origin, region: STAND_IN_REGION, bucket, pathStyle: true };
  const destination = await change((by) =>
    createDestination(by, ring, { name: 'Lake', prefix: 'finance/', ...place, ...STAND_IN_KEYS }),
  );
  await fixture.console.tenant(organizationId, (tx) =>
    tx.exportSchedule.createMany({
      data: schedules.map((schedule, index) => ({
        id: `exs_${organizationId}_${index}`,
        organizationId,
        name: `Schedule ${index}`,
        format: 'csv',
        livemode: true,
        destination: destination.id,
        createdAt: clock.now(),
        ...schedule,
      })),
    }),
  );
  const work = { organizationId, folder, ring, clock, allowedPrivateOrigins: [storage.origin] };
  const objects = () =>
    [...storage.objects.keys()]
      .filter((name) => name.startsWith(`${bucket}/`))
      .map((name) => name.slice(bucket.length + 1))
      .sort();
  return {
    organizationId,
    entries,
    change,
    destination,
    work,
    objects,
    read: (key: string) => storage.objects.get(`${bucket}/${key}`),
    writesOf: (key: string) => storage.writes.get(`${bucket}/${key}`),
    make: () => makeExports(fixture.worker, { organizationId, folder, now: clock.now() }),
    deliver: (database: Database = fixture.worker) => {
      clock.advance(1);
      return deliverExports(database, work);
    },
    list: async () => {
      const { data } = await fixture.console.tenant(organizationId, (tx) =>
        listDeliveries(tx, { organizationId, limit: 100 }),
      );
      return data;
    },
    actions: async () => {
      const events = await fixture.console.tenant(organizationId, (tx) =>
        tx.auditEvent.findMany({ where: { organizationId }, orderBy: { id: 'asc' } }),
      );
      // Whatever is told of a delivery, no secret is.
      expect(JSON.stringify(events)).not.toContain(STAND_IN_KEYS.secretAccessKey);
      return events.map(({ action }) => action);
    },
  };
}

describe('deliverExports()', () => {
  it('[M5] brings every day and month once under a name of its own, by several workers, and they sum to the ledger', async () => {
    const { entries, make, deliver, objects, read, writesOf, list, work } = await prepare([
      { every: 'day', format: 'jsonl' },
      { every: 'month', format: 'parquet' },
    ]);
    clock.set(DECEMBER_MS + 3 * DAY_MS);
    await Promise.all([make(), make()]);
    expect((await list()).every(({ state }) => state === 'waiting')).toBe(true);
    await Promise.all([deliver(), deliver()]);
    expect(objects()).toEqual([
      ...Array.from({ length: 30 }, (_, day) => {
        const label = `2026-11-${String(day + 1).padStart(2, '0')}`;
        return `finance/usage-jsonl/day=${label}/usage-jsonl-${label}.jsonl.gz`;
      }),
      // The days of December that are over and settled by now.
      ...['01', '02'].map(
        (day) => `finance/usage-jsonl/day=2026-12-${day}/usage-jsonl-2026-12-${day}.jsonl.gz`,
      ),
      'finance/usage-parquet/month=2026-11/usage-parquet-2026-11.parquet',
    ]);
    const ids = objects()
      .filter((key) => key.endsWith('.jsonl.gz'))
      .flatMap((key) => gunzipSync(read(key)!).toString('utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as { request_id: string; attempt: number; entry: number })
      .map((row) => `${row.request_id} ${row.attempt} ${row.entry}`);
    expect(ids.sort()).toEqual(entries.map((row) => `${row.requestId} ${row.attempt} ${row.entry}`).sort());
    for (const key of objects()) expect(writesOf(key), key).toBe(1);
    for (const { objectKey, state, sha256 } of await list()) {
      expect(state).toBe('delivered');
      expect(createHash('sha256').update(read(objectKey)!).digest('hex')).toBe(sha256);
    }
    // Nothing is due twice.
    expect(await make()).toBe(0);
    expect(await deliverExports(fixture.worker, work)).toBe(0);
  });

  it('[M6] brings an invoice when it is final, and after late usage the same bytes again', async () => {
    const { organizationId, entries, make, deliver, objects, read, writesOf, list, change, actions } =
      await prepare([{ kind: 'invoice' }, { every: 'month' }]);
    await rollUpFully(fixture.worker, organizationId);
    clock.set(DECEMBER_MS + 3 * DAY_MS);
    await closePeriods(fixture.worker, { organizationId, now: clock.now() });
    await make();
    await deliver();
    const invoice = objects().find((key) => key.startsWith('finance/invoices-csv/month=2026-11/'));
    expect(gunzipSync(read(invoice!)!).toString('utf8')).toContain('total');
    const before = objects().map((key) => read(key)!.toString('base64'));
    expect(before).toHaveLength(2);
    const late = entries.slice(0, 5).map((entry) => ({ ...entry, requestId: `${entry.requestId}-late` }));
    await insertEntries(fixture.worker, organizationId, late);
    for (const { id, canRepeat } of await list()) {
      expect(canRepeat).toBe(true);
      await change((by) => deliverAgain(by, id));
    }
    await deliver();
    expect(objects().map((key) => read(key)!.toString('base64'))).toEqual(before);
    expect(objects().map(writesOf)).toEqual([2, 2]);
    // A week later the files are gone: what lies there stays, and is not made anew from other entries.
    clock.advance(8 * DAY_MS);
    await make();
    expect((await list()).map(({ canRepeat }) => canRepeat)).toEqual([false, false]);
    const [first] = await list();
    await expect(change((by) => deliverAgain(by, first!.id))).rejects.toMatchObject({ code: 'wrong-state' });
    expect((await actions()).filter((action) => action === 'export-delivered')).toHaveLength(4);
  });

  it('tries again what failed, and what a worker had brought when it died: the same file under the same name', async () => {
    const { make, deliver, objects, read, writesOf, list } = await prepare([{ every: 'day' }], 1);
    clock.set(NOVEMBER_MS + DAY_MS + 6 * 3_600_000);
    await make();
    storage.failNext(503);
    expect(await deliver()).toBe(1);
    expect(await list()).toMatchObject([
      { state: 'waiting', tries: 1, lastError: 'The storage answered 503 InternalError' },
    ]);
    // Not before its time.
    expect(await deliver()).toBe(0);
    clock.advance(60_000);
    let calls = 0;
    const dying: Database = {
      ...fixture.worker,
      tenant: (id, run, options) => {
        calls += 1;
        if (calls === 2) return Promise.reject(new Error('killed'));
        return fixture.worker.tenant(id, run, options);
      },
    };
    await expect(deliver(dying)).rejects.toThrow('killed');
    const [key] = objects();
    const bytes = read(key!)!;
    expect(await deliver()).toBe(0);
    clock.advance(16 * 60_000);
    expect(await deliver()).toBe(1);
    expect(await list()).toMatchObject([{ state: 'delivered', tries: 3, lastError: '', objectKey: key }]);
    expect(writesOf(key!)).toBe(2);
    expect(read(key!)).toEqual(bytes);
  });

  it('gives up after two days, goes on when somebody mends the access, and makes the file anew where none was brought', async () => {
    const { make, deliver, list, change, destination, objects, actions } = await prepare(
      [{ every: 'day' }],
      1,
    );
    const scope = { organizationId: destination.organizationId, id: destination.id };
    const renew = (secretAccessKey: string) =>
      change(async (by) =>
        updateDestination(by, ring, await lockDestination(by.tx, scope), { secretAccessKey }),
      );
    await renew('wrong');
    clock.set(NOVEMBER_MS + DAY_MS + 6 * 3_600_000);
    await make();
    for (let round = 0; round < 17; round++) {
      expect(await deliver()).toBe(1);
      clock.advance(10 * 3_600_000);
    }
    const [dead] = await list();
    expect(dead).toMatchObject({
      state: 'dead',
      lastError: 'The storage answered 403 SignatureDoesNotMatch',
    });
    clock.advance(8 * DAY_MS);
    await fixture.console.tenant(scope.organizationId, (tx) =>
      tx.exportSchedule.updateMany({
        where: { organizationId: scope.organizationId },
        data: { disabledAt: clock.now() },
      }),
    );
    await make();
    await renew(STAND_IN_KEYS.secretAccessKey);
    expect(await change((by) => deliverAgain(by, dead!.id))).toMatchObject({ state: 'making' });
    await make();
    expect(await deliver()).toBe(1);
    expect(objects()).toHaveLength(1);
    expect(await actions()).toEqual([
      'export-destination-created',
      'export-destination-updated',
      'export-delivery-failed',
      'export-destination-updated',
      'export-delivery-repeated',
      'export-delivered',
    ]);
  });
});

describe('a destination', () => {
  it('[X4] is tried by writing one object, and never at a private address that is not allowed', async () => {
    const { destination, objects } = await prepare([]);
    const test = { ring, now: clock.now(), allowedPrivateOrigins: [storage.origin] };
    expect(await testDestination(destination, test)).toMatchObject({ ok: true, error: '' });
    expect(objects()).toEqual(['finance/tollgate-connection-test.txt']);
    expect(await testDestination(destination, { ...test, allowedPrivateOrigins: [] })).toMatchObject({
      ok: false,
    });
  });

  it('[X2] keeps its secret to its place: elsewhere it does not open, and nothing moves without it', async () => {
    const { destination, change, organizationId } = await prepare([]);
    const moved = { ...destination, endpoint: 'https://other.example' };
    const test = { ring, now: clock.now(), allowedPrivateOrigins: [] };
    await expect(testDestination(moved, test)).rejects.toMatchObject({ name: 'SealedSecretError' });
    const scope = { organizationId, id: destination.id };
    for (const fields of [
      { endpoint: 'https://other.example' },
      { bucket: 'other' },
      { accessKeyId: 'AKIAOTHER' },
    ]) {
      await expect(
        change(async (by) => updateDestination(by, ring, await lockDestination(by.tx, scope), fields)),
      ).rejects.toMatchObject({ code: 'secret-needed' });
    }
    await expect(
      change((by) =>
        createDestination(by, ring, {
          ...placeOf(destination),
          name: 'Same place',
          secretAccessKey: 'secret',
        }),
      ),
    ).rejects.toMatchObject({ code: 'place-taken' });
  });

  it('that is removed gets nothing more: its schedules end and its secret is gone', async () => {
    const { make, deliver, list, change, destination, organizationId, objects } = await prepare(
      [{ every: 'day' }],
      1,
    );
    clock.set(NOVEMBER_MS + DAY_MS + 6 * 3_600_000);
    await make();
    await change(async (by) =>
      removeDestination(by, await lockDestination(by.tx, { organizationId, id: destination.id })),
    );
    clock.advance(3 * DAY_MS);
    expect(await make()).toBe(0);
    expect(await deliver()).toBe(0);
    expect(objects()).toEqual([]);
    expect(await list()).toMatchObject([{ state: 'dead', canRepeat: false, destinationName: 'Lake' }]);
    const row = await fixture.worker.tenant(organizationId, (tx) =>
      tx.exportDestination.findFirstOrThrow({ where: { organizationId } }),
    );
    expect(row.secretCiphertext).toBeNull();
  });
});
