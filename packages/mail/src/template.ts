/**
 * What each mail says, in English and German: plain functions from data to subject, text and HTML.
 *
 * Everything that people typed is escaped for HTML and may not contain line breaks, so that no name can add
 * a header or a paragraph of its own.
 */
import { escapeHtml } from './escape-html.ts';

export const MAIL_LOCALES = ['en', 'de'] as const;
export type MailLocale = (typeof MAIL_LOCALES)[number];

/** The data of every template; links are whole URLs. */
export interface MailData {
  'verify-email': { readonly name: string; readonly link: string };
  'reset-password': { readonly name: string; readonly link: string };
  'password-changed': { readonly name: string; readonly link: string };
  invitation: { readonly inviterName: string; readonly organizationName: string; readonly link: string };
}

export type MailTemplate = keyof MailData;

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface MailText {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly button: string;
  readonly link: string;
  readonly footer: string;
}

type TextOf<T extends MailTemplate> = (data: MailData[T]) => MailText;

const TEXTS: { readonly [T in MailTemplate]: Readonly<Record<MailLocale, TextOf<T>>> } = {
  'verify-email': {
    en: ({ name, link }) => ({
      subject: 'Verify your e-mail address',
      lines: [`Hello ${name},`, 'please confirm that this address is yours. The link works for 24 hours.'],
      button: 'Verify address',
      link,
      footer: 'You did not sign up? Then ignore this mail; nothing happens.',
    }),
    de: ({ name, link }) => ({
      subject: 'E-Mail-Adresse bestätigen',
      lines: [
        `Hallo ${name},`,
        'bitte bestätigen Sie, dass diese Adresse Ihnen gehört. Der Link gilt 24 Stunden.',
      ],
      button: 'Adresse bestätigen',
      link,
      footer: 'Sie haben sich nicht angemeldet? Dann ignorieren Sie diese Nachricht; es geschieht nichts.',
    }),
  },
  'reset-password': {
    en: ({ name, link }) => ({
      subject: 'Reset your password',
      lines: [`Hello ${name},`, 'choose a new password with this link. It works once, for one hour.'],
      button: 'Choose a new password',
      link,
      footer: 'You did not ask for this? Then ignore this mail; your password stays as it is.',
    }),
    de: ({ name, link }) => ({
      subject: 'Passwort zurücksetzen',
      lines: [
        `Hallo ${name},`,
        'mit diesem Link wählen Sie ein neues Passwort. Er gilt einmal und eine Stunde lang.',
      ],
      button: 'Neues Passwort wählen',
      link,
      footer: 'Sie haben das nicht angefordert? Dann ignorieren Sie diese Nachricht; Ihr Passwort bleibt.',
    }),
  },
  'password-changed': {
    en: ({ name, link }) => ({
      subject: 'Your password was changed',
      lines: [`Hello ${name},`, 'your password was changed and every session was signed out.'],
      button: 'Sign in',
      link,
      footer: 'This was not you? Reset your password at once.',
    }),
    de: ({ name, link }) => ({
      subject: 'Ihr Passwort wurde geändert',
      lines: [`Hallo ${name},`, 'Ihr Passwort wurde geändert, und alle Sitzungen wurden beendet.'],
      button: 'Anmelden',
      link,
      footer: 'Das waren nicht Sie? Setzen Sie Ihr Passwort sofort zurück.',
    }),
  },
  invitation: {
    en: ({ inviterName, organizationName, link }) => ({
      subject: `${inviterName} invites you to ${organizationName}`,
      lines: [
        'Hello,',
        `${inviterName} invites you to join ${organizationName} on Tollgate. The link works for 7 days.`,
      ],
      button: 'Accept the invitation',
      link,
      footer: 'You do not know them? Then ignore this mail.',
    }),
    de: ({ inviterName, organizationName, link }) => ({
      subject: `${inviterName} lädt Sie zu ${organizationName} ein`,
      lines: [
        'Guten Tag,',
        `${inviterName} lädt Sie ein, ${organizationName} auf Tollgate beizutreten. Der Link gilt 7 Tage.`,
      ],
      button: 'Einladung annehmen',
      link,
      footer: 'Sie kennen den Absender nicht? Dann ignorieren Sie diese Nachricht.',
    }),
  },
};

/** @returns The mail in the nearest language: English where there is none. */
export function renderMail<T extends MailTemplate>(
  template: T,
  locale: string,
  data: MailData[T],
): RenderedMail {
  const language: MailLocale = locale.toLowerCase().startsWith('de') ? 'de' : 'en';
  const text = TEXTS[template][language](data);
  return {
    subject: text.subject,
    text: [...text.lines, text.link, text.footer].join('\n\n'),
    html: renderHtml(language, text),
  };
}

function renderHtml(language: MailLocale, text: MailText): string {
  const paragraphs = text.lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  const link = escapeHtml(text.link);
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(text.subject)}</title></head>
<body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#18181b;max-width:32rem;margin:2rem auto;padding:0 1rem">
${paragraphs}
<p><a href="${link}" style="display:inline-block;padding:10px 16px;background:#18181b;color:#fff;border-radius:6px;text-decoration:none">${escapeHtml(text.button)}</a></p>
<p style="color:#52525b;font-size:13px;word-break:break-all">${link}</p>
<p style="color:#52525b;font-size:13px">${escapeHtml(text.footer)}</p>
</body></html>`;
}
