/**
 * Takes mail over SMTP on loopback and hands it to the store. Delivers nothing to anybody.
 */
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { MailStore, StoredMail } from './mail-store.ts';

const MAIL_MAX_BYTES = 5 * 1024 * 1024;

export type SmtpReceiver = { readonly port: number; stop(): Promise<void> };

/** @param now Time of arrival. */
export async function startSmtpReceiver(options: {
  readonly port: number;
  readonly store: MailStore;
  readonly now: () => Date;
}): Promise<SmtpReceiver> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, callback) => callback(null, { user: 'anyone' }),
    size: MAIL_MAX_BYTES,
    onData: (stream, session, callback) => {
      receive(stream, session, options).then(
        () => callback(),
        (error: Error) => callback(error),
      );
    },
  });
  // A client that goes away in the middle is its own affair.
  server.on('error', () => undefined);
  const port = await listen(server, options.port);
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  { store, now }: { readonly store: MailStore; readonly now: () => Date },
): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAIL_MAX_BYTES) chunks.push(chunk);
  }
  if (bytes > MAIL_MAX_BYTES) {
    const error = new Error(`Cannot take the mail: at most ${MAIL_MAX_BYTES} bytes, got ${bytes}`);
    throw Object.assign(error, { responseCode: 552 });
  }
  await store.add(await readMail(Buffer.concat(chunks), session, now()));
}

async function readMail(
  raw: Buffer,
  session: SMTPServerSession,
  receivedAt: Date,
): Promise<Omit<StoredMail, 'id'>> {
  const mail = await PostalMime.parse(raw);
  const sender = session.envelope.mailFrom;
  return {
    receivedAt: receivedAt.toISOString(),
    from: mail.from?.address ?? (sender === false ? '' : sender.address),
    to: session.envelope.rcptTo.map((recipient) => recipient.address.toLowerCase()),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? '',
      mimeType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    })),
  };
}

function listen(server: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(port, '127.0.0.1', () => {
      const address = listener.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
}
