/**
 * What each mail says, in English and German: plain functions from data to subject, text and HTML.
 *
 * Everything that people typed is escaped for HTML and may not contain line breaks, so that no name can add
 * a header or a paragraph of its own.
 */
import { type MailLocale, type MailText, toMailLocale } from './mail-text.ts';
import { renderHtml } from './render-html.ts';

/** The data of every template; links are whole URLs. */
export interface MailData {
  'verify-email': { readonly name: string; readonly link: string };
  'reset-password': { readonly name: string; readonly link: string };
  'password-changed': {
    readonly name: string;
    readonly link: string;
    /** The session in which it was changed goes on; after a reset none does. */
    readonly keepsSession: boolean;
  };
  /** How somebody signs in has changed. */
  'security-changed': {
    readonly name: string;
    readonly change: SecurityChange;
    /** The name of the passkey; how many recovery codes are left; who did it; how many codes were wrong; the domain. */
    readonly detail: string;
    readonly link: string;
  };
  /** To the owners of the organization that has held it. */
  'domain-lost': { readonly name: string; readonly domain: string; readonly link: string };
  /** To the address that somebody wants for theirs. */
  'confirm-email': { readonly name: string; readonly email: string; readonly link: string };
  /** To the address that it was before; the link takes the change back. */
  'email-changed': { readonly name: string; readonly email: string; readonly link: string };
  invitation: { readonly inviterName: string; readonly organizationName: string; readonly link: string };
  'invoice-overdue': {
    readonly number: string;
    /** With its currency. */
    readonly amount: string;
    readonly dueOn: string;
    /** reminder, grace, soft-limit, stop */
    readonly step: string;
    readonly link: string;
  };
  /** With the PDF, which the sender of mails loads when it goes out. */
  invoice: {
    readonly organizationId: string;
    readonly invoiceId: string;
    readonly organizationName: string;
    readonly number: string;
    /** With its currency. */
    readonly amount: string;
    readonly dueOn: string;
    readonly link: string;
  };
  /** Alerts and the like: put into words by whoever sends it, in the recipient's language. */
  notice: MailText;
}

type SecurityChange =
  | 'passkey-added'
  | 'passkey-removed'
  | 'totp-on'
  | 'totp-off'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'factors-removed'
  | 'codes-refused'
  | 'provider-linked'
  | 'provider-took-over';

export type MailTemplate = keyof MailData;

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface OverdueTexts {
  readonly [step: string]: string | undefined;
  readonly reminder: string;
}

/** What comes of it, by the step that was taken. */
const OVERDUE_NEXT: Readonly<Record<MailLocale, OverdueTexts>> = {
  en: {
    reminder: 'Please pay it soon.',
    grace: 'Please pay it now: from here on, access may be limited.',
    'soft-limit': 'Until it is paid, only a limited number of requests per minute is served.',
    stop: 'Until it is paid, no more requests are served.',
  },
  de: {
    reminder: 'Bitte begleichen Sie sie bald.',
    grace: 'Bitte begleichen Sie sie jetzt: Von nun an kann der Zugang eingeschränkt werden.',
    'soft-limit': 'Bis zur Zahlung wird nur eine begrenzte Zahl von Anfragen je Minute beantwortet.',
    stop: 'Bis zur Zahlung werden keine Anfragen mehr beantwortet.',
  },
};

interface ChangeText {
  readonly subject: string;
  readonly line: (detail: string) => string;
}

const SECURITY_CHANGE: Readonly<Record<MailLocale, Readonly<Record<SecurityChange, ChangeText>>>> = {
  en: {
    'passkey-added': {
      subject: 'A passkey was added to your account',
      line: (name) => `the passkey “${name}” was added. It signs you in without a password.`,
    },
    'passkey-removed': {
      subject: 'A passkey was removed from your account',
      line: (name) => `the passkey “${name}” was removed. It does not sign you in any longer.`,
    },
    'totp-on': {
      subject: 'An authenticator app was added to your account',
      line: () => 'from now on, signing in asks for a code of your authenticator app.',
    },
    'totp-off': {
      subject: 'The authenticator app was removed from your account',
      line: () => 'signing in does not ask for codes of your authenticator app any longer.',
    },
    'recovery-codes-made': {
      subject: 'New recovery codes were made for your account',
      line: () => 'new recovery codes were made. The ones before open nothing any longer.',
    },
    'recovery-code-used': {
      subject: 'A recovery code was used for your account',
      line: (left) =>
        `a recovery code was used in place of your second factor. Codes that are left: ${left}.`,
    },
    'factors-removed': {
      subject: 'Your second factor was taken off',
      line: (who) =>
        `${who} took your passkeys, authenticator app and recovery codes off your account, and every session was signed out. Your password alone signs you in until you add a second factor again.`,
    },
    'codes-refused': {
      subject: 'Wrong codes were entered for your account',
      line: (count) =>
        `${count} wrong codes were entered within a day. Somebody may know your password. No more codes are taken for up to 24 hours; a passkey still signs you in.`,
    },
    'provider-linked': {
      subject: 'Single sign-on now opens your account',
      line: (domain) =>
        `your account was linked to the single sign-on of ${domain}. From now on, whoever is signed in there as you is signed in here, too.`,
    },
    'provider-took-over': {
      subject: 'Your account was taken over by single sign-on',
      line: (domain) =>
        `the address of this account was never verified, and its person has now come by the single sign-on of ${domain}. The password and every other way in that the account had are gone, and all its sessions were ended.`,
    },
  },
  de: {
    'passkey-added': {
      subject: 'Ein Passkey wurde zu Ihrem Konto hinzugefügt',
      line: (name) => `der Passkey „${name}“ wurde hinzugefügt. Er meldet Sie ohne Passwort an.`,
    },
    'passkey-removed': {
      subject: 'Ein Passkey wurde aus Ihrem Konto entfernt',
      line: (name) => `der Passkey „${name}“ wurde entfernt. Er meldet Sie nicht mehr an.`,
    },
    'totp-on': {
      subject: 'Eine Authenticator-App wurde zu Ihrem Konto hinzugefügt',
      line: () => 'ab jetzt verlangt die Anmeldung einen Code aus Ihrer Authenticator-App.',
    },
    'totp-off': {
      subject: 'Die Authenticator-App wurde aus Ihrem Konto entfernt',
      line: () => 'die Anmeldung verlangt keine Codes aus Ihrer Authenticator-App mehr.',
    },
    'recovery-codes-made': {
      subject: 'Neue Wiederherstellungscodes für Ihr Konto',
      line: () => 'es wurden neue Wiederherstellungscodes erzeugt. Die bisherigen gelten nicht mehr.',
    },
    'recovery-code-used': {
      subject: 'Ein Wiederherstellungscode wurde für Ihr Konto benutzt',
      line: (left) =>
        `ein Wiederherstellungscode wurde anstelle Ihres zweiten Faktors benutzt. Übrige Codes: ${left}.`,
    },
    'factors-removed': {
      subject: 'Ihr zweiter Faktor wurde entfernt',
      line: (who) =>
        `${who} hat Ihre Passkeys, Ihre Authenticator-App und Ihre Wiederherstellungscodes von Ihrem Konto entfernt, und alle Sitzungen wurden beendet. Bis Sie wieder einen zweiten Faktor hinzufügen, genügt Ihr Passwort zur Anmeldung.`,
    },
    'codes-refused': {
      subject: 'Für Ihr Konto wurden falsche Codes eingegeben',
      line: (count) =>
        `innerhalb eines Tages wurden ${count} falsche Codes eingegeben. Möglicherweise kennt jemand Ihr Passwort. Bis zu 24 Stunden lang wird kein Code mehr angenommen; ein Passkey meldet Sie weiterhin an.`,
    },
    'provider-linked': {
      subject: 'Single Sign-on öffnet jetzt Ihr Konto',
      line: (domain) =>
        `Ihr Konto wurde mit dem Single Sign-on von ${domain} verknüpft. Wer dort als Sie angemeldet ist, ist es von jetzt an auch hier.`,
    },
    'provider-took-over': {
      subject: 'Ihr Konto wurde durch Single Sign-on übernommen',
      line: (domain) =>
        `die Adresse dieses Kontos wurde nie bestätigt, und ihr Inhaber hat sich jetzt mit dem Single Sign-on von ${domain} angemeldet. Das Passwort und jeder andere Zugang, den das Konto hatte, sind entfernt, und alle Sitzungen wurden beendet.`,
    },
  },
};

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
    en: ({ name, link, keepsSession }) => ({
      subject: 'Your password was changed',
      lines: [
        `Hello ${name},`,
        `your password was changed and every ${keepsSession ? 'other ' : ''}session was signed out.`,
      ],
      button: 'Sign in',
      link,
      footer: 'This was not you? Reset your password at once.',
    }),
    de: ({ name, link, keepsSession }) => ({
      subject: 'Ihr Passwort wurde geändert',
      lines: [
        `Hallo ${name},`,
        `Ihr Passwort wurde geändert, und alle ${keepsSession ? 'anderen ' : ''}Sitzungen wurden beendet.`,
      ],
      button: 'Anmelden',
      link,
      footer: 'Das waren nicht Sie? Setzen Sie Ihr Passwort sofort zurück.',
    }),
  },
  'security-changed': {
    en: ({ name, change, detail, link }) => ({
      subject: SECURITY_CHANGE.en[change].subject,
      lines: [`Hello ${name},`, SECURITY_CHANGE.en[change].line(detail)],
      button: 'Look at your security settings',
      link,
      footer: 'This was not you? Change your password at once and end all other sessions.',
    }),
    de: ({ name, change, detail, link }) => ({
      subject: SECURITY_CHANGE.de[change].subject,
      lines: [`Hallo ${name},`, SECURITY_CHANGE.de[change].line(detail)],
      button: 'Sicherheitseinstellungen ansehen',
      link,
      footer: 'Das waren nicht Sie? Ändern Sie sofort Ihr Passwort und beenden Sie alle anderen Sitzungen.',
    }),
  },
  'domain-lost': {
    en: ({ name, domain, link }) => ({
      subject: `${domain} is verified by another organization now`,
      tone: 'warning',
      lines: [
        `Hello ${name},`,
        `another organization has proved that ${domain} is its own; your record was gone from its DNS. Addresses of it do not sign in by your identity provider any longer, and its sessions were ended. Where it is required, whoever has come by it stays out until you no longer require it, or have the domain again.`,
      ],
      button: 'Look at single sign-on',
      link,
      footer: 'The domain is yours? Put the record back, see who may change your DNS, and verify it again.',
    }),
    de: ({ name, domain, link }) => ({
      subject: `${domain} ist jetzt von einer anderen Organisation bestätigt`,
      tone: 'warning',
      lines: [
        `Hallo ${name},`,
        `eine andere Organisation hat nachgewiesen, dass ${domain} ihr gehört; Ihr Eintrag fehlte im DNS. Adressen der Domain melden sich nicht mehr mit Ihrem Identitätsanbieter an, und seine Sitzungen wurden beendet. Wo er vorgeschrieben ist, bleibt ausgesperrt, wer mit ihm gekommen ist, bis Sie ihn nicht mehr vorschreiben oder die Domain wieder haben.`,
      ],
      button: 'Single Sign-on ansehen',
      link,
      footer:
        'Die Domain gehört Ihnen? Stellen Sie den Eintrag wieder her, prüfen Sie, wer Ihr DNS ändern kann, und bestätigen Sie sie erneut.',
    }),
  },
  'confirm-email': {
    en: ({ name, email, link }) => ({
      subject: 'Confirm your new e-mail address',
      lines: [
        `Hello ${name},`,
        `please confirm that ${email} is to be the address of your account. The link works for 24 hours, where you are signed in.`,
      ],
      button: 'Confirm the address',
      link,
      footer: 'You did not ask for this? Then ignore this mail; nothing happens.',
    }),
    de: ({ name, email, link }) => ({
      subject: 'Neue E-Mail-Adresse bestätigen',
      lines: [
        `Hallo ${name},`,
        `bitte bestätigen Sie, dass ${email} die Adresse Ihres Kontos werden soll. Der Link gilt 24 Stunden, dort, wo Sie angemeldet sind.`,
      ],
      button: 'Adresse bestätigen',
      link,
      footer: 'Sie haben das nicht angefordert? Dann ignorieren Sie diese Nachricht; es geschieht nichts.',
    }),
  },
  'email-changed': {
    en: ({ name, email, link }) => ({
      subject: 'The e-mail address of your account was changed',
      lines: [
        `Hello ${name},`,
        `your account now has the address ${email}. This one does not sign you in any longer, and every other session was signed out.`,
        'If it was you, there is nothing to do.',
      ],
      button: 'This was not me: take it back',
      link,
      footer:
        'The link works for 7 days. It brings this address back, ends every session and sends you a link for a new password.',
    }),
    de: ({ name, email, link }) => ({
      subject: 'Die E-Mail-Adresse Ihres Kontos wurde geändert',
      lines: [
        `Hallo ${name},`,
        `Ihr Konto hat jetzt die Adresse ${email}. Mit der bisherigen melden Sie sich nicht mehr an, und alle anderen Sitzungen wurden beendet.`,
        'Wenn Sie das waren, müssen Sie nichts tun.',
      ],
      button: 'Das war ich nicht: rückgängig machen',
      link,
      footer:
        'Der Link gilt 7 Tage. Er stellt diese Adresse wieder her, beendet alle Sitzungen und schickt Ihnen einen Link für ein neues Passwort.',
    }),
  },
  'invoice-overdue': {
    en: ({ number, amount, dueOn, step, link }) => ({
      subject: `Invoice ${number} is overdue`,
      lines: [
        'Hello,',
        `${amount} of invoice ${number} were due on ${dueOn} and have not reached us.`,
        OVERDUE_NEXT.en[step] ?? OVERDUE_NEXT.en.reminder,
      ],
      button: 'Open the invoice',
      link,
      footer: 'Already paid? Then our messages have crossed, and there is nothing to do.',
    }),
    de: ({ number, amount, dueOn, step, link }) => ({
      subject: `Rechnung ${number} ist überfällig`,
      lines: [
        'Guten Tag,',
        `${amount} der Rechnung ${number} waren am ${dueOn} fällig und sind noch nicht bei uns eingegangen.`,
        OVERDUE_NEXT.de[step] ?? OVERDUE_NEXT.de.reminder,
      ],
      button: 'Rechnung öffnen',
      link,
      footer: 'Schon bezahlt? Dann haben sich unsere Nachrichten gekreuzt, und es ist nichts zu tun.',
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
  invoice: {
    en: ({ number, amount, dueOn, organizationName, link }) => ({
      subject: `Invoice ${number}`,
      organizationName,
      lines: ['Hello,', `invoice ${number} about ${amount} is attached. It is due on ${dueOn}.`],
      facts: [
        { label: 'Invoice', value: number },
        { label: 'Total', value: amount },
        { label: 'Due', value: dueOn },
      ],
      button: 'Open the invoice',
      link,
      footer: 'Every line of it opens the requests behind it.',
    }),
    de: ({ number, amount, dueOn, organizationName, link }) => ({
      subject: `Rechnung ${number}`,
      organizationName,
      lines: ['Guten Tag,', `die Rechnung ${number} über ${amount} liegt bei. Sie ist fällig am ${dueOn}.`],
      facts: [
        { label: 'Rechnung', value: number },
        { label: 'Summe', value: amount },
        { label: 'Fällig', value: dueOn },
      ],
      button: 'Rechnung öffnen',
      link,
      footer: 'Jede Zeile öffnet die Anfragen, die dahinterstehen.',
    }),
  },
  notice: { en: (text) => text, de: (text) => text },
};

/** @returns The mail in the nearest language: English where there is none. */
export function renderMail<T extends MailTemplate>(
  template: T,
  locale: string,
  data: MailData[T],
): RenderedMail {
  const language = toMailLocale(locale);
  const text = TEXTS[template][language](data);
  return { subject: text.subject, text: renderText(text), html: renderHtml(language, text) };
}

function renderText({ heading, lines, facts = [], items = [], link, footer, footerLink }: MailText): string {
  return [
    ...(heading === undefined ? [] : [heading]),
    ...lines,
    ...(facts.length === 0 ? [] : [facts.map(({ label, value }) => `${label}: ${value}`).join('\n')]),
    ...items.map((item) => `${item.title}\n${item.text}\n${item.link}`),
    link,
    footerLink === undefined ? footer : `${footer} ${footerLink.label}: ${footerLink.href}`,
  ].join('\n\n');
}
