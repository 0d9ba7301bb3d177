import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets } from './secrets.ts';
import { UserError } from './user-error.ts';

describe('openSecrets()', () => {
  let stateDir: string;
  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'tollgate-secrets-'));
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  it('makes secrets once and returns the same ever after', async () => {
    const first = await openSecrets(stateDir);
    expect(await openSecrets(stateDir)).toEqual(first);
    expect(first.TOLLGATE_KEY_PEPPERS).toMatch(/^1:[\w-]{43}$/);
    expect(first.TOLLGATE_ENCRYPTION_KEYS).toMatch(/^1:[\w-]{43}$/);
    expect(first.TOLLGATE_SESSION_SECRET).toMatch(/^[\w-]{43}$/);
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
  });

  it('gives two starts at once the same secrets', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openSecrets(stateDir)));
    expect(new Set(all.map((secrets) => secrets.TOLLGATE_KEY_PEPPERS)).size).toBe(1);
  });

  it('[X2] lets only the owner read the file', async () => {
    await openSecrets(stateDir);
    expect((await stat(join(stateDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it("lets the operator's own secret go before the stored one, and stores it not", async () => {
    const own = await openSecrets(stateDir, { TOLLGATE_SESSION_SECRET: 'his own', TOLLGATE_KEY_PEPPERS: '' });
    expect(own.TOLLGATE_SESSION_SECRET).toBe('his own');
    expect(own.TOLLGATE_KEY_PEPPERS).toMatch(/^1:/);
    expect((await openSecrets(stateDir)).TOLLGATE_SESSION_SECRET).not.toBe('his own');
  });

  it('adds what a newer version needs and keeps the rest', async () => {
    const { TOLLGATE_SESSION_SECRET: _, ...older } = await openSecrets(stateDir);
    await writeFile(join(stateDir, 'secrets.json'), JSON.stringify(older));
    const newer = await openSecrets(stateDir);
    expect(newer).toMatchObject(older);
    expect(newer.TOLLGATE_SESSION_SECRET).toMatch(/^[\w-]{43}$/);
  });

  it('never replaces a file that it cannot read', async () => {
    await writeFile(join(stateDir, 'secrets.json'), '{"TOLLGATE_KEY_PEPP');
    await expect(openSecrets(stateDir)).rejects.toThrow(UserError);
    expect(await readFile(join(stateDir, 'secrets.json'), 'utf8')).toBe('{"TOLLGATE_KEY_PEPP');
  });
});
