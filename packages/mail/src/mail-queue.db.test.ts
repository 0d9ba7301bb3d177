import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  deliverPendingMail,
  InvalidMailError,
  type MailTransport,
  type OutgoingMail,
  openSmtpTransport,
  queueMail,
  SendingMails,
} from './index.ts';

let testDatabase: TestDatabase;
let database: Database;
let worker: Database;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
const NOW = Date.now();
let recipient: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.urls.console, applicationName: 'mail-test' });
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'mail-test' });
});
afterAll(async () => {
  await database.close();
  await worker.close();
  await testDatabase.drop();
});
beforeEach(() => {
  recipient = `${randomBytes(6).toString('hex')}@example.com`;
});

const queue = (change: object = {}) =>
  database.platform((tx) =>
    queueMail(tx, ring, {
      template: 'verify-email',
      recipient,
      causeId: 'cause',
      locale: 'en',
      data: { name: 'Ada', link: 'https://console.example/#token=secret-token' },
      nowMs: NOW,
      ...change,
    }),
  );
/** As if the time of the lease had passed, at Postgres. */
const endLease = () =>
  worker.platform((tx) =>
    tx.mailMessage.updateMany({
      where: { recipient },
      data: { leaseUntil: new Date(Date.now() - 1_000) },
    }),
  );
const read = (to: string) => database.platform((tx) => tx.mailMessage.findMany({ where: { recipient: to } }));
const rows = () => read(recipient);

function outbox(fail = 0): MailTransport & { readonly sent: OutgoingMail[] } {
  const sent: OutgoingMail[] = [];
  let failures = fail;
  return {
    sent,
    async send(mail) {
      failures -= 1;
      if (failures >= 0)
        throw Object.assign(new Error(`rejected ${mail.recipient}`), {
          code: 'EENVELOPE',
          responseCode: 550,
        });
      sent.push(mail);
    },
  };
}
/** Takes what is for one recipient over only when it is told. */
function slowly(slowRecipient: string) {
  const sent: string[] = [];
  let accept: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => (accept = resolve));
  const slow: MailTransport = {
    async send(mail) {
      if (mail.recipient === slowRecipient) await accepted;
      sent.push(mail.recipient);
    },
  };
  return { slow, sent, accept: () => accept() };
}
const deliver = (transport: MailTransport, nowMs = NOW) =>
  deliverPendingMail(worker, transport, { ring, nowMs, limit: 100 });

describe('the mail queue', () => {
  it('holds one mail per template, recipient and cause', async () => {
    await Promise.all([queue(), queue(), queue()]);
    expect(await rows()).toHaveLength(1);
    const transport = outbox();
    await Promise.all([deliver(transport), deliver(transport), deliver(transport)]);
    expect(transport.sent.filter((mail) => mail.recipient === recipient)).toHaveLength(1);
    await queue();
    await deliver(transport);
    expect(transport.sent.filter((mail) => mail.recipient === recipient)).toHaveLength(1);
  });

  it('forgets a mail whose transaction failed', async () => {
    const failed = database.platform(async (tx) => {
      await queueMail(tx, ring, {
        template: 'password-changed',
        recipient,
        causeId: 'x',
        locale: 'de',
        data: { name: 'A', link: 'https://x', keepsSession: true },
        nowMs: NOW,
      });
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    expect(await rows()).toEqual([]);
  });

  it('tries again after a failure, with the same Message-ID, and erases the link once sent', async () => {
    await queue();
    expect(JSON.stringify(await rows())).not.toContain('secret-token');
    const transport = outbox(1);
    expect((await deliver(transport)).failed).toBe(1);
    const [failed] = await rows();
    expect(failed).toMatchObject({ state: 'waiting', tries: 1, lastError: 'Error EENVELOPE 550' });
    await deliver(transport);
    expect(transport.sent).toEqual([]);
    await deliver(transport, failed!.nextTryAt.getTime());
    expect(transport.sent[0]).toMatchObject({ recipient, messageId: `<${failed!.id}@tollgate.invalid>` });
    expect((await rows())[0]).toMatchObject({ state: 'sent', payload: {}, lastError: null });
  });

  it('gives up after 24 hours, visibly', async () => {
    await queue();
    await deliver(outbox(1));
    await deliver(outbox(1), NOW + 24 * 3_600_000);
    expect((await rows())[0]).toMatchObject({ state: 'bounced', payload: {} });
  });

  it('is taken over when its sender has died', async () => {
    await queue();
    const dead: MailTransport = { send: () => new Promise(() => undefined) };
    void deliver(dead);
    await waitFor(async () => (await rows())[0]?.tries === 1, { description: 'the first try' });
    const transport = outbox();
    // Whatever another's clock says, what counts is Postgres's.
    await deliver(transport, NOW + 600_000);
    expect(transport.sent).toEqual([]);
    await endLease();
    await deliver(transport, NOW + 600_000);
    expect(transport.sent).toHaveLength(1);
  });

  it('stays sent when who had it before fails too late', async () => {
    await queue();
    let fail: (error: Error) => void = () => undefined;
    const slow: MailTransport = { send: () => new Promise((_, reject) => (fail = reject)) };
    const first = deliver(slow);
    await waitFor(async () => (await rows())[0]?.tries === 1, { description: 'the first try' });
    await endLease();
    const transport = outbox();
    await deliver(transport, NOW + 600_000);
    fail(new Error('the connection was lost'));
    await first;
    expect((await rows())[0]).toMatchObject({ state: 'sent', tries: 2, lastError: null, payload: {} });
    await deliver(transport, NOW + 48 * 3_600_000);
    expect([transport.sent.length, (await rows())[0]?.state]).toEqual([1, 'sent']);
  });

  it('is free for others where a round has no time left for it, with no try used up', async () => {
    for (const causeId of ['a', 'b', 'c']) await queue({ causeId });
    const slow = outbox();
    await deliverPendingMail(worker, slow, { ring, nowMs: NOW, limit: 100, roundMs: 0 });
    expect(slow.sent).toHaveLength(1);
    expect((await rows()).filter(({ state }) => state === 'waiting')).toMatchObject([
      { tries: 0 },
      { tries: 0 },
    ]);
    const transport = outbox();
    await deliver(transport);
    expect(transport.sent).toHaveLength(2);
  });

  it('that takes too long is a failed try, and keeps no other waiting', async () => {
    await queue({ causeId: 'first' });
    await queue({ causeId: 'second' });
    const hanging: MailTransport = { send: () => new Promise(() => undefined) };
    const { failed } = await deliverPendingMail(worker, hanging, {
      ring,
      nowMs: NOW,
      limit: 100,
      sendMs: 10,
    });
    expect(failed).toBe(2);
    expect(await rows()).toMatchObject([
      { state: 'waiting', lastError: 'MailTimeoutError' },
      { state: 'waiting', lastError: 'MailTimeoutError' },
    ]);
  });

  it('that is taken over slowly keeps no other waiting, in its round and in later ones', async () => {
    const { slow, accept, sent } = slowly('slow@example.com');
    const sending = new SendingMails(2);
    const round = () =>
      deliverPendingMail(worker, slow, { ring, nowMs: NOW, limit: 100, sending, waitMs: 3_000 });
    await queue({ recipient: 'slow@example.com' });
    await queue({ causeId: 'first' });
    expect(await round()).toEqual({ sent: 1, failed: 0 });
    await queue({ causeId: 'second' });
    expect(await round()).toEqual({ sent: 1, failed: 0 });
    expect(sent).toEqual([recipient, recipient]);
    accept();
    await sending.ended();
    await round();
    expect(sent).toEqual([recipient, recipient, 'slow@example.com']);
    expect(await read('slow@example.com')).toMatchObject([{ state: 'sent', tries: 1 }]);
  });

  it('waits without a lease while as many as may be are being sent', async () => {
    const { slow, accept, sent } = slowly(recipient);
    const sending = new SendingMails(1);
    const options = { ring, nowMs: NOW, limit: 100, sending, waitMs: 500 };
    await queue({ causeId: 'first' });
    await queue({ causeId: 'second' });
    await deliverPendingMail(worker, slow, options);
    expect((await rows()).map(({ tries, leaseUntil }) => [tries, leaseUntil === null]).toSorted()).toEqual([
      [0, true],
      [1, false],
    ]);
    accept();
    await waitFor(async () => {
      await deliverPendingMail(worker, slow, options);
      return sent.length === 2;
    });
  });

  it('gives a server up that takes the connection and says nothing', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `smtp://127.0.0.1:${port}`;
    const transport = openSmtpTransport({ url, from: 'tollgate@example.com', phases: { commandsMs: 50 } });
    try {
      await queue();
      expect((await deliver(transport)).failed).toBe(1);
      expect((await rows())[0]).toMatchObject({ state: 'waiting', lastError: 'Error ETIMEDOUT' });
    } finally {
      transport.close();
      server.close();
    }
  });

  it.each([
    { recipient: 'a@example.com\r\nBcc: b@example.com' },
    { recipient: 'a@example.com, b@example.com' },
    { recipient: 'Ada <a@example.com>' },
    { data: { name: 'Ada\r\nBcc: b@example.com', link: 'https://x' } },
    { data: { name: 'Ada\u2028', link: 'https://x' } },
  ])('refuses %j', async (change) => {
    await expect(queue(change)).rejects.toThrow(InvalidMailError);
  });
});
