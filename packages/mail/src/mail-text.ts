/** What a mail says, before it is text or HTML. */
export const MAIL_LOCALES = ['en', 'de'] as const;
export type MailLocale = (typeof MAIL_LOCALES)[number];

export type MailTone = 'neutral' | 'positive' | 'warning' | 'critical';

export interface MailText {
  readonly subject: string;
  readonly tone?: MailTone;
  readonly organizationName?: string;
  readonly heading?: string;
  readonly lines: readonly string[];
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
  readonly items?: readonly { readonly title: string; readonly text: string; readonly link: string }[];
  readonly button: string;
  readonly link: string;
  /** False: the button is enough. */
  readonly showLink?: boolean;
  readonly footer: string;
  readonly footerLink?: { readonly label: string; readonly href: string };
}

export function toMailLocale(locale: string): MailLocale {
  return locale.toLowerCase().startsWith('de') ? 'de' : 'en';
}
