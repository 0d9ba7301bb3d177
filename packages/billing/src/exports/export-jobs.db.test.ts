import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Database } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  insertEntries,
  NOVEMBER_MS,
} from '../fixtures/ledger-fixture.ts';
import { getExport, makeExports, openExportFile, requestExport } from './export-jobs.ts';

let fixture: BillingFixture;
let folder: string;
beforeAll(async () => {
  fixture = await createBillingFixture();
  folder = mkdtempSync(join(tmpdir(), 'tollgate-export-jobs-'));
});
afterAll(async () => {
  await fixture?.close();
  rmSync(folder, { recursive: true, force: true });
});

const NOW = new Date(DECEMBER_MS + 10 * 86_400_000);
const actor = { kind: 'user' as const, id: 'usr_1', name: 'Finance' };
const RANGE = { from: new Date(NOVEMBER_MS), to: new Date(DECEMBER_MS) };

async function organizationWithEntries() {
  const organizationId = await fixture.createOrganization();
  const entries = fc.sample(anyEntries({ size: 20 }), { numRuns: 1, seed: 11 })[0]!;
  await insertEntries(fixture.worker, organizationId, entries);
  return { organizationId, entries };
}

describe('an export job', () => {
  it('[M5] is made once into a whole file that sums to the ledger, is fetched, and expires', async () => {
    const { organizationId, entries } = await organizationWithEntries();
    const asked = await fixture.console.tenant(organizationId, (tx) =>
      requestExport(tx, { organizationId, format: 'csv', gzip: true, ...RANGE, actor, now: NOW }),
    );
    expect(asked.state).toBe('waiting');
    const scope = { organizationId, exportId: asked.id, folder, now: NOW };
    await expect(openExportFile(fixture.console, scope)).rejects.toMatchObject({ code: 'wrong-state' });
    const made = await Promise.all([
      makeExports(fixture.worker, { organizationId, folder, now: NOW }),
      makeExports(fixture.worker, { organizationId, folder, now: NOW }),
    ]);
    expect(made[0] + made[1]).toBe(1);
    const done = await fixture.console.tenant(organizationId, (tx) => getExport(tx, scope));
    expect(done).toMatchObject({ state: 'done', rows: String(entries.length), createdBy: 'Finance' });
    expect(parseUsdSum(done.totalUsd)).toBe(
      entries.reduce((sum, entry) => sum + BigInt(entry.chargePicoUsd), 0n),
    );
    const file = await openExportFile(fixture.console, scope);
    const bytes = await buffer(file.stream);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(done.sha256);
    expect(gunzipSync(bytes).toString('utf8').trimEnd().split('\r\n')).toHaveLength(entries.length + 1);
    expect(readdirSync(join(folder, organizationId)).filter((name) => name.endsWith('.part'))).toEqual([]);

    const later = new Date(NOW.getTime() + 8 * 86_400_000);
    await expect(openExportFile(fixture.console, { ...scope, now: later })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await makeExports(fixture.worker, { organizationId, folder, now: later });
    expect(readdirSync(join(folder, organizationId))).toEqual([]);
  });

  it('is begun anew when the worker that made it died, and not before its lease is over', async () => {
    const { organizationId } = await organizationWithEntries();
    const asked = await fixture.console.tenant(organizationId, (tx) =>
      requestExport(tx, { organizationId, format: 'focus-parquet', gzip: false, ...RANGE, actor, now: NOW }),
    );
    await fixture.worker.tenant(organizationId, (tx) =>
      tx.dataExport.updateMany({
        where: { id: asked.id },
        data: { state: 'running', startedAt: NOW, tries: 1 },
      }),
    );
    expect(await makeExports(fixture.worker, { organizationId, folder, now: NOW })).toBe(0);
    const later = new Date(NOW.getTime() + 16 * 60_000);
    expect(await makeExports(fixture.worker, { organizationId, folder, now: later })).toBe(1);
  });

  it('[M5] has the file that its sums are of, though a worker that took longer than its lease ends after the next one', async () => {
    const { organizationId, entries } = await organizationWithEntries();
    const asked = await fixture.console.tenant(organizationId, (tx) =>
      requestExport(tx, { organizationId, format: 'csv', gzip: false, ...RANGE, actor, now: NOW }),
    );
    const release = Promise.withResolvers<void>();
    const reads = Promise.withResolvers<void>();
    let calls = 0;
    // Stands still between two reads, behind the question up to where to read.
    const slow: Database = {
      ...fixture.worker,
      tenant: async (id, run, options) => {
        calls += 1;
        if (calls === 5) {
          reads.resolve();
          await release.promise;
        }
        return fixture.worker.tenant(id, run, options);
      },
    };
    const slowly = makeExports(slow, { organizationId, folder, now: NOW });
    await reads.promise;
    const late = entries.map((entry) => ({ ...entry, requestId: `${entry.requestId}-late` }));
    await insertEntries(fixture.worker, organizationId, late);
    const later = new Date(NOW.getTime() + 16 * 60_000);
    await makeExports(fixture.worker, { organizationId, folder, now: later });
    release.resolve();
    await slowly;
    const scope = { organizationId, exportId: asked.id, folder, now: later };
    const done = await fixture.console.tenant(organizationId, (tx) => getExport(tx, scope));
    const file = await openExportFile(fixture.console, scope);
    const bytes = await buffer(file.stream);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(done.sha256);
    expect(readdirSync(join(folder, organizationId))).toHaveLength(1);
  });

  it('is asked for once per schedule after every month, when its days of grace are over', async () => {
    const { organizationId } = await organizationWithEntries();
    await fixture.console.tenant(organizationId, (tx) =>
      tx.exportSchedule.create({
        data: {
          id: 'exs_1',
          organizationId,
          name: 'FOCUS',
          format: 'focus-csv',
          livemode: true,
          createdAt: RANGE.from,
        },
      }),
    );
    const early = new Date(DECEMBER_MS + 86_400_000);
    expect(await makeExports(fixture.worker, { organizationId, folder, now: early })).toBe(0);
    expect(await makeExports(fixture.worker, { organizationId, folder, now: NOW })).toBe(1);
    expect(await makeExports(fixture.worker, { organizationId, folder, now: NOW })).toBe(0);
  });
});
