/** SMTP by nodemailer. Not here: when and what to send. */
import { createTransport } from 'nodemailer';
import type { MailTransport } from './deliver.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  readonly from: string;
}

/** @returns A transport; `close` ends its pooled connections. */
export function openSmtpTransport(options: SmtpOptions): MailTransport & { close(): void } {
  const transport = createTransport(options.url, {
    from: options.from,
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
