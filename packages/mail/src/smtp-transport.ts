/** SMTP by nodemailer. Not here: when and what to send. */
import { createTransport, type Transport } from 'nodemailer';
import { parseConnectionUrl } from 'nodemailer/lib/shared/index.js';
import type { MailTransport } from './deliver.ts';
import { type SmtpPhases, sendOverSmtp } from './smtp-phases.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  readonly from: string;
  /** For tests. */
  readonly phases?: Partial<SmtpPhases>;
}

const CONNECT_MS = 10_000;
/** Together less than a sender has for a mail (deliver.ts). */
const PHASES: SmtpPhases = { commandsMs: 90_000, dataMs: 60_000, acceptMs: 5 * 60_000 };

/** @returns A transport; `close` is for its owner’s end. Each mail has a connection of its own. */
export function openSmtpTransport({ url, from, phases }: SmtpOptions): MailTransport & { close(): void } {
  const allowed = { ...PHASES, ...phases };
  const asked = parseConnectionUrl(url);
  for (const name of ['proxy', 'service'] as const) {
    if (name in asked) throw new Error(`Cannot use SMTP_URL: it must not ask for a ${name}`);
  }
  const options = {
    dnsTimeout: CONNECT_MS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: allowed.commandsMs,
    socketTimeout: Math.max(...Object.values(allowed)) + 1_000,
    // What its author wrote there comes first.
    ...asked,
  };
  const smtp: Transport<undefined> = {
    name: 'SMTP',
    version: '1',
    send: ({ message }, done) => {
      sendOverSmtp(options, allowed, message.getEnvelope(), message.createReadStream()).then(
        () => done(null, undefined),
        (error: Error) => done(error, undefined),
      );
    },
  };
  const transport = createTransport(smtp, {
    from,
    // Content is ours; nothing may make the server read files or URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      await transport.sendMail({
        to: { name: '', address: mail.recipient },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        attachments: (mail.attachments ?? []).map(({ fileName, contentType, content }) => ({
          filename: fileName,
          contentType,
          content: Buffer.from(content),
        })),
        messageId: mail.messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
