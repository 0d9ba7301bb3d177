/**
 * A mailbox for development: every mail that the product sends on this machine, readable in the browser.
 */
import { join } from 'node:path';
import { MailStore } from './mail-store.ts';
import { startSmtpReceiver } from './smtp.ts';
import { startMailboxWeb } from './web.ts';

export type MailboxOptions = {
  /** Of the web page. 0 for a free one. */
  readonly port: number;
  readonly smtpPort: number;
  readonly stateDir: string;
  readonly now: () => Date;
};

export type Mailbox = {
  readonly url: string;
  readonly smtpUrl: string;
  stop(): Promise<void>;
};

export async function startMailbox({ port, smtpPort, stateDir, now }: MailboxOptions): Promise<Mailbox> {
  const store = await MailStore.open(join(stateDir, 'mailbox'));
  const smtp = await startSmtpReceiver({ port: smtpPort, store, now });
  const web = await startMailboxWeb({ port, store });
  return {
    url: `http://localhost:${web.port}`,
    smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
    stop: async () => {
      await Promise.all([smtp.stop(), web.stop()]);
    },
  };
}
