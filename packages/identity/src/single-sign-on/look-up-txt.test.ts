import { startTestDns, type TestDns } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dnsLookUp } from './look-up-txt.ts';

let dns: TestDns;
beforeAll(async () => {
  dns = await startTestDns();
});
afterAll(() => dns.close());
beforeEach(() => {
  dns.manner = 'answers';
});

const lookUp = (name: string) => dnsLookUp([dns.server])(name);

describe('dnsLookUp()', () => {
  it('asks the servers that it was told, and finds nothing where there is nothing', async () => {
    expect(await lookUp('_tollgate.nothing.example')).toEqual([]);
    expect(dns.asked).toContain('_tollgate.nothing.example');
  });

  it('finds every text, also those that come in pieces', async () => {
    dns.set('many.example', ['one', 'x'.repeat(600), 'v=spf1 -all']);
    expect(new Set(await lookUp('many.example'))).toEqual(new Set(['one', 'x'.repeat(600), 'v=spf1 -all']));
  });

  it('tells a server that fails, or says nothing, from a record that is not there', async () => {
    dns.manner = 'fails';
    await expect(lookUp('a.example')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    dns.manner = 'silent';
    const startedMs = performance.now();
    await expect(lookUp('b.example')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    // Somebody waits for it.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  }, 30_000);
});
