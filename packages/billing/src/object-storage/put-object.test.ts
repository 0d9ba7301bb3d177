import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3StandIn, STAND_IN_KEYS, STAND_IN_REGION, startS3StandIn } from '../fixtures/s3-stand-in.ts';
import { addressOf, BUCKET_NAME, OBJECT_PREFIX } from './bucket.ts';
import { putFile, putText, type StorageCall } from './put-object.ts';

const NOW = new Date('2026-11-21T15:00:00Z');
let storage: S3StandIn;
let folder: string;
beforeAll(async () => {
  storage = await startS3StandIn(() => NOW.getTime());
  folder = mkdtempSync(join(tmpdir(), 'tollgate-put-object-'));
});
afterAll(async () => {
  await storage?.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (changes: Partial<StorageCall> = {}): StorageCall => ({
  bucket: { endpoint: storage.origin, region: STAND_IN_REGION, bucket: 'finance', pathStyle: true },
  keys: STAND_IN_KEYS,
  allowedPrivateOrigins: [storage.origin],
  now: () => NOW,
  ...changes,
});

function fileOf(bytes: Buffer) {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

describe('putFile()', () => {
  it('brings any bytes under any name, at once or in parts, with signatures that the storage computes too', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._=\- ()!'*+äß€]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array({ maxLength: 64 }), async (text, bytes) => {
        const key = `exports/${text.replaceAll('.', '-')}`;
        const file = fileOf(Buffer.from(bytes));
        expect(await putFile(call({ partBytes: 16 }), { key, ...file })).toEqual({
          ok: true,
          status: 200,
          error: '',
        });
        expect(storage.objects.get(`finance/${key}`)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 30 },
    );
    expect(storage.openUploads()).toBe(0);
  });

  it('leaves nothing half there: not the object, not its parts', async () => {
    const file = { key: 'half', ...fileOf(Buffer.alloc(50, 'x')) };
    // The upload begins, the first part arrives, the second does not.
    const answers = storage.answers.length;
    let part = 0;
    const onPart = async () => {
      part += 1;
      if (part === 2) storage.failNext(500);
    };
    const result = await putFile(call({ partBytes: 20 }), { ...file, onPart });
    expect(result).toEqual({ ok: false, status: 500, error: 'The storage answered 500 InternalError' });
    expect(storage.answers.slice(answers)).toEqual([
      'POST 200',
      'PUT 200',
      'PUT 500 InternalError',
      'DELETE 204',
    ]);
    expect(storage.objects.has('finance/half')).toBe(false);
    expect(storage.openUploads()).toBe(0);
  });

  it('is refused by the storage when the file is no longer what was hashed', async () => {
    const file = { key: 'changed', ...fileOf(Buffer.from('first')) };
    writeFileSync(file.path, 'other');
    expect(await putFile(call(), file)).toMatchObject({ ok: false, status: 400 });
    expect(storage.objects.has('finance/changed')).toBe(false);
  });
});

describe('putText()', () => {
  it.each([
    ['a wrong secret', { keys: { ...STAND_IN_KEYS, secretAccessKey: 'wrong' } }, '403 SignatureDoesNotMatch'],
    ['an unknown key', { keys: { ...STAND_IN_KEYS, accessKeyId: 'AKIAOTHER' } }, '403 InvalidAccessKeyId'],
    ['a clock that is wrong', { now: () => new Date(NOW.getTime() + 3_600_000) }, '403 RequestTimeTooSkewed'],
  ])('tells of %s, and of no secret', async (_what, changes, said) => {
    const result = await putText(call(changes), 'test.txt', 'test');
    expect(result).toMatchObject({ ok: false, error: `The storage answered ${said}` });
  });

  it('does not follow a storage of another region', async () => {
    const bucket = { ...call().bucket, region: 'us-east-1' };
    const { error } = await putText(call({ bucket }), 'test.txt', 'test');
    expect(error).toContain('301 PermanentRedirect');
  });

  it('[X4] reaches no private address that the operator has not allowed', async () => {
    const before = storage.answers.length;
    const refused = await putText(call({ allowedPrivateOrigins: [] }), 'test.txt', 'test');
    expect(refused.error).toBe('The address must begin with https://');
    const bucket = { ...call().bucket, endpoint: storage.origin.replace('http:', 'https:') };
    const { error } = await putText(call({ bucket, allowedPrivateOrigins: [] }), 'test.txt', 'test');
    expect(error).toBe('The address is private, and the operator has not allowed it');
    expect(storage.answers).toHaveLength(before);
  });
});

describe('addressOf()', () => {
  const bucket = { endpoint: '', region: 'eu-central-1', bucket: 'finance', pathStyle: false };

  it('has the bucket in the host or in the path', () => {
    expect(addressOf(bucket, 'a/month=2026-11/b c.csv')).toEqual({
      origin: 'https://finance.s3.eu-central-1.amazonaws.com',
      path: '/a/month%3D2026-11/b%20c.csv',
    });
    expect(
      addressOf({ ...bucket, endpoint: 'https://minio.example:9000/s3/', pathStyle: true }, 'a'),
    ).toEqual({
      origin: 'https://minio.example:9000',
      path: '/s3/finance/a',
    });
  });

  it.each(['a', 'A-b', 'x..y', 'evil.example/', '@evil', '-a', 'a-', 'b:80', ''])(
    '[X4] no bucket may be called %j',
    (name) => expect(BUCKET_NAME.test(name)).toBe(false),
  );

  it.each(['../', 'a/../b/', './', '/a/', 'a', 'a//b/', 'ä/', 'a b/'])('no prefix may be %j', (prefix) =>
    expect(OBJECT_PREFIX.test(prefix)).toBe(false),
  );

  it.each(['', 'a/', 'tollgate/exports/', 'year=2026/..a/'])('a prefix may be %j', (prefix) =>
    expect(OBJECT_PREFIX.test(prefix)).toBe(true),
  );
});
