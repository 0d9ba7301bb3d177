import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mailbox, startMailbox } from './mailbox.ts';

const NOON = new Date('2026-11-21T12:00:00Z');

/** A minimal SMTP client: sends every command after the answer to the one before it. */
function sendMail(smtpUrl: string, { to, message }: { to: string; message: string }): Promise<string> {
  const commands = ['HELO test', 'MAIL FROM:<tollgate@example.com>', `RCPT TO:<${to}>`, 'DATA'];
  const script = [...commands, `${message.replaceAll('\n', '\r\n')}\r\n.`, 'QUIT'];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk: Buffer) => {
      answers += chunk.toString();
      const next = script.shift();
      if (next !== undefined) socket.write(`${next}\r\n`);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answers));
  });
}

const INVITATION = `From: Tollgate <tollgate@example.com>
To: Ada <ada@example.com>
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <script>alert(1)</script>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Join at http://localhost:3000/join
--b
Content-Type: text/html

<p>Join</p><script>top.location = 'https://example.com'</script>
--b--`;

describe('startMailbox()', () => {
  let stateDir: string;
  let mailbox: Mailbox;

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'tollgate-mailbox-'));
    mailbox = await startMailbox({ port: 0, smtpPort: 0, stateDir, now: () => NOON });
  });
  afterEach(async () => {
    await mailbox.stop();
    await rm(stateDir, { recursive: true });
  });

  async function list(query = ''): Promise<{ id: string; subject: string }[]> {
    const answer = await fetch(`${mailbox.url}/api/messages${query}`);
    return ((await answer.json()) as { data: { id: string; subject: string }[] }).data;
  }

  it('keeps a mail with its recipient, subject, text and HTML', async () => {
    await sendMail(mailbox.smtpUrl, { to: 'Ada@Example.com', message: INVITATION });
    expect(await list('?to=ada@example.com')).toEqual([
      expect.objectContaining({
        receivedAt: NOON.toISOString(),
        from: 'tollgate@example.com',
        to: ['ada@example.com'],
        subject: 'Grüße <script>alert(1)</script>',
        text: expect.stringContaining('http://localhost:3000/join'),
        html: expect.stringContaining('<p>Join</p>'),
      }),
    ]);
    expect(await list('?to=bob@example.com')).toEqual([]);
  });

  it('lists the newest first and keeps them over a restart', async () => {
    for (const subject of ['one', 'two', 'three']) {
      await sendMail(mailbox.smtpUrl, { to: 'a@example.com', message: `Subject: ${subject}\n\ntext` });
    }
    await mailbox.stop();
    mailbox = await startMailbox({ port: 0, smtpPort: 0, stateDir, now: () => NOON });
    expect((await list()).map((mail) => mail.subject)).toEqual(['three', 'two', 'one']);
  });

  it('shows what a mail says escaped, and its HTML in a sandbox without scripts', async () => {
    await sendMail(mailbox.smtpUrl, { to: 'ada@example.com', message: INVITATION });
    const [mail] = await list();
    for (const path of ['/', `/messages/${mail?.id}`]) {
      const page = await (await fetch(mailbox.url + path)).text();
      expect(page).toContain('&lt;script&gt;alert(1)');
      expect(page).not.toContain('<script>alert(1)');
    }
    const frame = await fetch(`${mailbox.url}/messages/${mail?.id}/html`);
    const policy = frame.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('sandbox');
    expect(policy).not.toContain('allow-scripts');
    expect(policy).not.toContain('allow-same-origin');
  });

  it('refuses a name that is not loopback, as DNS rebinding would use', async () => {
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(mailbox.url);
      request(
        { port, host: '127.0.0.1', path: '/api/messages', headers: { host: 'evil.example' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      )
        .once('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('refuses a mail above its bound and goes on', async () => {
    const large = await sendMail(mailbox.smtpUrl, {
      to: 'a@example.com',
      message: `\n${'x'.repeat(900)}\n`.repeat(6_000),
    });
    expect(large).toMatch(/^552 /m);
    await sendMail(mailbox.smtpUrl, { to: 'a@example.com', message: 'Subject: small\n\ntext' });
    expect((await list()).map((mail) => mail.subject)).toEqual(['small']);
  });

  it('is empty after DELETE', async () => {
    await sendMail(mailbox.smtpUrl, { to: 'a@example.com', message: 'Subject: gone\n\ntext' });
    expect((await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })).status).toBe(204);
    expect(await list()).toEqual([]);
  });
});
