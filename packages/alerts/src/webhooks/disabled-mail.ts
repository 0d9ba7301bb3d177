/** Tells owners and admins that an endpoint was given up; silence would look like nothing happening. */
import type { Transaction } from '@tollgate/db';
import { type MailText, queueMail } from '@tollgate/mail';
import { listRecipients } from '../channels/recipients.ts';
import type { NotifySettings } from '../notify-settings.ts';

interface DisabledRound extends NotifySettings {
  readonly organizationId: string;
  readonly nowMs: number;
}

const TEXT = {
  en: {
    subject: (host: string) => `The webhook endpoint at ${host} was switched off`,
    line: 'Nothing could be delivered to it for three days. What it missed is in its log, and can be sent again.',
    button: 'Open the endpoint',
    footer: 'You get this because you are an owner or admin.',
  },
  de: {
    subject: (host: string) => `Der Webhook-Endpunkt bei ${host} wurde abgeschaltet`,
    line: 'Drei Tage lang ließ sich nichts zustellen. Was ihm fehlt, steht in seinem Protokoll und kann noch einmal gesendet werden.',
    button: 'Endpunkt öffnen',
    footer: 'Sie erhalten dies als Inhaber oder Administrator.',
  },
} as const;

export async function queueDisabledMail(
  tx: Transaction,
  { ring, consoleUrl, organizationId, nowMs }: DisabledRound,
  endpointId: string,
  url: string,
): Promise<void> {
  const recipients = { roles: ['owner', 'admin'], memberIds: [], addresses: [] };
  for (const { email, locale } of await listRecipients(tx, organizationId, { recipients, locale: 'en' })) {
    const { subject, line, button, footer } = TEXT[locale];
    const title = subject(new URL(url).host);
    const data: MailText = {
      subject: title,
      tone: 'warning',
      heading: title,
      lines: [line],
      button,
      link: `${consoleUrl}/alerts?tab=webhooks&endpoint=${endpointId}`,
      showLink: false,
      footer,
    };
    const causeId = `${endpointId}:${new Date(nowMs).toISOString().slice(0, 10)}`;
    await queueMail(tx, ring, { template: 'notice', recipient: email, causeId, locale, data, nowMs });
  }
}
