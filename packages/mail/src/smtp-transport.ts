/** SMTP by nodemailer. Not here: when and what to send. */
import { createTransport } from 'nodemailer';
import type { MailTransport } from './deliver.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  readonly from: string;
  /** How long the server may say nothing. For tests. */
  readonly silenceMs?: number;
}

const CONNECT_MS = 10_000;
/** Servers that look through a mail before they take it need some seconds; who waits longer holds all mails behind this one. */
const SILENCE_MS = 30_000;

/** @returns A transport; `close` ends its pooled connections. */
export function openSmtpTransport({
  url,
  from,
  silenceMs = SILENCE_MS,
}: SmtpOptions): MailTransport & { close(): void } {
  const transport = createTransport(withTimeouts(url, silenceMs), {
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

/** In the address, beside which nodemailer hears of no other settings; what its author wrote there stays. */
function withTimeouts(text: string, silenceMs: number): string {
  const url = new URL(text);
  const connectMs = Math.min(CONNECT_MS, silenceMs);
  for (const [name, ms] of [
    ['dnsTimeout', connectMs],
    ['connectionTimeout', connectMs],
    ['greetingTimeout', silenceMs],
    ['socketTimeout', silenceMs],
  ] as const) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(ms));
  }
  return url.href;
}
