import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { describe, expect, it } from 'vitest';
import { type ChainedEvent, GENESIS_HASH, sealHash } from './chain.ts';
import { createCheckpointSigner } from './checkpoint.ts';
import type { EventLine, ExportedLine } from './exported-line.ts';
import { verifyExportedLog } from './verify-export.ts';

const newSigner = () => createCheckpointSigner(parseKeyRing(`1:${randomBytes(32).toString('base64url')}`));
const signer = newSigner();
const organizationId = 'org_1';

/** A log of five events, as it is exported. */
function makeLog(): string[] {
  let hash = GENESIS_HASH;
  const events = [1n, 2n, 3n, 4n, 5n].map((sequence): EventLine => {
    const event: Omit<ChainedEvent, 'organizationId' | 'occurredAt'> = {
      id: `evt_${sequence}`,
      actorKind: 'user',
      actorId: 'usr_1',
      actorName: 'ada@example.com',
      action: 'budget-updated',
      targetKind: 'budget',
      targetId: 'bud_1',
      targetName: '=1+1 \u202e 👩🏽‍🚀',
      beforeText: null,
      afterText: `{"limitUsd": "${sequence}000000000000000000.00"}`,
      ipAddress: '198.51.100.7',
      userAgent: 'test',
      requestId: 'req_1',
    };
    const occurredAt = new Date(1_790_000_000_000 + Number(sequence));
    const previousHash = hash;
    hash = sealHash(sequence, previousHash, { ...event, organizationId, occurredAt });
    const chained = { sequence: String(sequence), previousHash, hash, occurredAt: occurredAt.toISOString() };
    return { type: 'event', ...chained, ...event };
  });
  const { signature } = signer.sign({ organizationId, sequence: 5n, hash });
  const lines: ExportedLine[] = [
    {
      type: 'log',
      format: 'tollgate-audit-1',
      organizationId,
      exportedAt: '2026-11-21T00:00:00.000Z',
      afterSequence: '0',
      previousHash: GENESIS_HASH,
      publicKey: signer.publicKey,
    },
    ...events,
    { type: 'end', events: 5, headSequence: '5', headHash: hash, signature },
  ];
  return lines.map((line) => JSON.stringify(line));
}

const log = makeLog();
const problemsOf = async (lines: readonly string[]) =>
  (await verifyExportedLog(lines)).problems.map(({ kind, line, sequence }) =>
    [kind, line, sequence].filter((part) => part !== undefined).join(' '),
  );
const change = (place: number, part: object): string[] =>
  log.with(place, JSON.stringify({ ...JSON.parse(log[place]!), ...part }));

describe('[X5] verifyExportedLog()', () => {
  it('finds a log whole, and tells how far it goes and which key signed it', async () => {
    const report = await verifyExportedLog([...log, '']);
    expect(report).toMatchObject({
      ok: true,
      organizationId,
      verifiedEvents: 5,
      headSequence: 5n,
      problems: [],
    });
    expect(report.keyFingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a word', { action: 'budget-deleted' }],
    ['a digit that a double would lose', { afterText: '{"limitUsd": "3000000000000000001.00"}' }],
    ['the time', { occurredAt: '2026-11-21T00:00:00.000Z' }],
    ['who', { actorName: 'mallory@example.com' }],
    ['what was', { beforeText: '{}' }],
    ['from where', { ipAddress: '203.0.113.1' }],
  ])('names the line of which somebody changed %s', async (_, part) => {
    expect(await problemsOf(change(3, part))).toEqual(['event-changed 4 3']);
  });

  it('names what was dropped, reordered, cut off and slipped in', async () => {
    expect(await problemsOf(log.toSpliced(3, 1))).toEqual(['event-missing 4 3']);
    expect((await problemsOf([log[0]!, log[2]!, log[1]!, ...log.slice(3)]))[0]).toBe('event-missing 2 1');
    expect(await problemsOf(log.slice(0, 4))).toEqual(['tail-missing 4']);
    expect(await problemsOf([...log.slice(0, 5), log.at(-1)!])).toEqual(['tail-missing 6 5']);
    expect(await problemsOf([...log, log[2]!])).toEqual(['line-unreadable 8']);
    expect(await problemsOf(log.toSpliced(2, 0, log[1]!))).toContain('event-reordered 3 1');
    expect(await problemsOf(log.with(3, 'not json'))).toEqual(['line-unreadable 4', 'event-missing 5 3']);
    expect(await problemsOf([])).toEqual(['not-a-log 0']);
    expect(await problemsOf(log.slice(1))).toContain('not-a-log 1');
  });

  it('names an end that the key of the log has not signed, and the other organization of a log', async () => {
    expect(await problemsOf(change(6, { signature: 'AAAA' }))).toEqual(['signature-invalid 7 5']);
    const foreign = await problemsOf(change(0, { organizationId: 'org_2' }));
    expect(foreign).toHaveLength(6);
    expect(foreign).toContain('signature-invalid 7 5');
  });

  it('tells by its fingerprint when somebody wrote the end anew with a key of their own', async () => {
    const mallory = newSigner();
    const cut = [change(0, { publicKey: mallory.publicKey })[0]!, ...log.slice(1, 4)];
    const { hash } = JSON.parse(log[3]!) as EventLine;
    const { signature } = mallory.sign({ organizationId, sequence: 3n, hash });
    const end = JSON.stringify({ type: 'end', events: 3, headSequence: '3', headHash: hash, signature });
    const forged = await verifyExportedLog([...cut, end]);
    expect(forged.ok).toBe(true);
    expect(forged.keyFingerprint).not.toBe((await verifyExportedLog(log)).keyFingerprint);
  });
});
