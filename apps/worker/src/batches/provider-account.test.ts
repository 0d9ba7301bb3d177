/** What a server that an organization has named can make the worker hold, and for how long. */
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseKeyRing } from '@tollgate/config';
import { sealSecret } from '@tollgate/keys';
import { expect, it, onTestFinished } from 'vitest';
import { INPUT_FILE, OUTPUT_FILE, Places } from './file-lines.ts';
import { type AccountOptions, ProviderAccount } from './provider-account.ts';

const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
const MIB = 1024 * 1024;

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const baseUrl = `${origin}/v1`;
  const names = { organizationId: 'org_1', recordId: 'cred_1', field: 'secret', baseUrl };
  const credential = {
    ...{ id: 'cred_1', organizationId: 'org_1', provider: 'openai', baseUrl },
    secretCiphertext: sealSecret(ring, names, 'sk'),
  } as unknown as ConstructorParameters<typeof ProviderAccount>[0];
  return (options: Partial<AccountOptions> = {}, signal = new AbortController().signal) =>
    new ProviderAccount(credential, { ring, allowedPrivateOrigins: [origin], ...options }, signal);
}

/** A byte now and then, for ever. */
const trickle: RequestListener = (_request, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('a'), 5);
  response.on('close', () => clearInterval(timer));
};

it('a file that only trickles is given up', async () => {
  const open = await serve(trickle);
  const account = open({ leastRate: { bytesPerSecond: 2_000, windowMs: 100 } });
  await expect(account.readLines('file_1', 'name', OUTPUT_FILE, () => undefined)).rejects.toThrow(
    'the provider gives its file out too slowly',
  );
});

it('a file that comes slowly, and fast enough, is read', async () => {
  const open = await serve((_request, response) => {
    response.writeHead(200);
    let pieces = 0;
    const timer = setInterval(() => {
      pieces += 1;
      response.write(`${'a'.repeat(200)}\n`);
      if (pieces < 40) return;
      clearInterval(timer);
      response.end();
    }, 5);
  });
  let lines = 0;
  const account = open({ leastRate: { bytesPerSecond: 100, windowMs: 1_000 } });
  await account.readLines('file_1', 'name', OUTPUT_FILE, () => (lines += 1));
  expect(lines).toBe(40);
});

it('whose turn is over ends what it reads', async () => {
  const open = await serve(trickle);
  const turn = new AbortController();
  const reading = open({}, turn.signal).readLines('file_1', 'name', OUTPUT_FILE, () => undefined);
  setTimeout(() => turn.abort(), 50);
  await expect(reading).rejects.toThrow('the reading was ended');
});

it('an input file is read within the bounds that it had when it was made', async () => {
  const open = await serve((request, response) => {
    response.end(request.url?.includes('lines') ? '{}\n'.repeat(50_001) : 'a'.repeat(8 * MIB + 1));
  });
  const read = (fileId: string) => open().readLines(fileId, 'name', INPUT_FILE, () => undefined);
  await expect(read('line')).rejects.toThrow('a line of a file of the batch is too large');
  await expect(read('lines')).rejects.toThrow('a file of the batch has too many lines');
});

it('few large lines are held at once, and each only while it is read', async () => {
  const open = await serve((_request, response) => {
    response.end(`${'a'.repeat(9 * MIB)}\n{}\n${'a'.repeat(9 * MIB)}`);
  });
  const largeLines = new Places(1);
  const read = async () => {
    const sizes: number[] = [];
    await open({ largeLines }).readLines('file', 'name', OUTPUT_FILE, ({ length }) => sizes.push(length));
    return sizes;
  };
  expect(await read()).toEqual([9 * MIB, 2, 9 * MIB]);
  const leave = largeLines.take();
  await expect(read()).rejects.toThrow('too many large lines are read at once');
  leave?.();
  expect(await read()).toHaveLength(3);
});
