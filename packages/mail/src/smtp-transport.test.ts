/** How long each phase of a server may take, with one that is as slow as it is told. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openSmtpTransport } from './index.ts';

const MAIL = {
  ...{ subject: 'Hello', text: 'Hello', html: '<p>Hello</p>', recipient: 'ada@example.com' },
  messageId: '<mail_1@tollgate.invalid>',
};

interface Server {
  readonly url: string;
  /** Mails that it has taken over. */
  readonly taken: string[];
  /** As it was given to sign in. */
  readonly signIns: string[];
}

/** @param slow What it answers late, by the command; `.` is the end of a mail. */
async function serve(slow: string, ms: number, refusals: { readonly AUTH?: string } = {}): Promise<Server> {
  const taken: string[] = [];
  const signIns: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let data: string | undefined;
    let isClosed = false;
    socket.on('error', () => undefined).on('close', () => (isClosed = true));
    socket.on('end', () => (isClosed = true));
    const say = (command: string, answer: string, then = () => undefined as unknown): void => {
      setTimeout(
        () => {
          if (isClosed) return;
          then();
          socket.write(`${answer}\r\n`);
        },
        command === slow ? ms : 0,
      );
    };
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== undefined && line !== '.') data += `${line}\n`;
        else if (data !== undefined) {
          const mail = data;
          data = undefined;
          say('.', '250 taken', () => taken.push(mail));
        } else if (line === 'DATA') {
          data = '';
          say('DATA', '354 go on');
        } else if (line.startsWith('AUTH')) {
          signIns.push(line);
          say('AUTH', refusals.AUTH ?? '235 fine');
        } else say(line.slice(0, 4), line.startsWith('EHLO') ? '250-here\r\n250 AUTH PLAIN' : '250 fine');
      }
    });
    say('greeting', '220 here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, taken, signIns };
}

const open = (url: string, phases: object) =>
  openSmtpTransport({ url, from: 'tollgate@example.com', phases });

it('a server that looks through a mail for long before it takes it gets it once', async () => {
  const { url, taken } = await serve('.', 4_000);
  await open(url, { commandsMs: 3_000, dataMs: 3_000, acceptMs: 20_000 }).send(MAIL);
  expect(taken).toEqual([expect.stringContaining('Message-ID: <mail_1@tollgate.invalid>')]);
});

it.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'])(
  'a server that is silent at %s is given up soon, and takes no mail later',
  async (command) => {
    const { url, taken } = await serve(command, 300);
    const transport = open(url, { commandsMs: 100, dataMs: 100, acceptMs: 5_000 });
    await expect(transport.send(MAIL)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(taken).toEqual([]);
  },
);

it('a server that never takes a mail over is given up', async () => {
  const { url } = await serve('.', 60_000);
  const transport = open(url, { acceptMs: 50 });
  await expect(transport.send(MAIL)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

it('the user of the address signs in, and nobody where there is none', async () => {
  const { url, taken, signIns } = await serve('nothing', 0);
  await open(url, {}).send(MAIL);
  expect(signIns).toEqual([]);
  await open(url.replace('//', '//ada%40example.com:se%3Acret@'), {}).send(MAIL);
  expect(signIns).toEqual([`AUTH PLAIN ${Buffer.from('\0ada@example.com\0se:cret').toString('base64')}`]);
  expect(taken).toHaveLength(2);
});

it('a server that refuses the sign-in gets no mail, and the error tells its code', async () => {
  const { url, taken } = await serve('nothing', 0, { AUTH: '535 no' });
  const sending = open(url.replace('//', '//ada:wrong@'), {}).send(MAIL);
  await expect(sending).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
  expect(taken).toEqual([]);
});

it('an address that asks for what cannot be done is refused at the start', () => {
  for (const [query, what] of [
    ['proxy=socks5://127.0.0.1:9', 'proxy'],
    ['service=gmail', 'service'],
  ]) {
    expect(() => open(`smtp://127.0.0.1:25?${query}`, {})).toThrow(`must not ask for a ${what}`);
  }
});
