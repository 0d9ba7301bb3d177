/** A notice as a mail. Short: the console says the rest. */
import type { MailLocale, MailText } from '@tollgate/mail';
import type { Happening } from './happening.ts';

interface Frame {
  readonly organizationName: string;
  readonly consoleUrl: string;
  readonly locale: MailLocale;
  /** The last one for a while, because there were many. */
  readonly isLast: boolean;
}

type Words = (actor: string, target: string) => string;

/** By event; what is not here is named by its kind. */
const EVENTS: Readonly<Record<MailLocale, Readonly<Record<string, Words>>>> = {
  en: {
    'admin-token-created': (actor, target) => `${actor} created the admin token ${target}`,
    'member-updated': (actor, target) => `${actor} changed the role of ${target}`,
    'member-removed': (actor, target) => `${actor} removed ${target}`,
    'second-factor-removed': (actor, target) => `${actor} took the second factor of ${target} off`,
    'role-created': (actor, target) => `${actor} created the role ${target}`,
    'role-updated': (actor, target) => `${actor} changed the role ${target}`,
    'role-deleted': (actor, target) => `${actor} deleted the role ${target}`,
    'organization-closed': (actor) => `${actor} closed the organization`,
    'invitation-accepted': (_, target) => `${target} accepted the invitation`,
    'invoice-finalized': (_, target) => `Invoice ${target} is final`,
    'export-ready': (_, target) => `The export ${target} is ready`,
    'export-failed': (_, target) => `The export ${target} could not be made`,
    'key-expiring': (_, target) => `The key ${target} ends soon`,
    'key-rotation-due': (_, target) => `The key ${target} is due for rotation`,
  },
  de: {
    'admin-token-created': (actor, target) => `${actor} hat das Admin-Token ${target} angelegt`,
    'member-updated': (actor, target) => `${actor} hat die Rolle von ${target} geändert`,
    'member-removed': (actor, target) => `${actor} hat ${target} entfernt`,
    'second-factor-removed': (actor, target) => `${actor} hat den zweiten Faktor von ${target} entfernt`,
    'role-created': (actor, target) => `${actor} hat die Rolle ${target} angelegt`,
    'role-updated': (actor, target) => `${actor} hat die Rolle ${target} geändert`,
    'role-deleted': (actor, target) => `${actor} hat die Rolle ${target} gelöscht`,
    'organization-closed': (actor) => `${actor} hat die Organisation geschlossen`,
    'invitation-accepted': (_, target) => `${target} hat die Einladung angenommen`,
    'invoice-finalized': (_, target) => `Rechnung ${target} ist endgültig`,
    'export-ready': (_, target) => `Der Export ${target} ist fertig`,
    'export-failed': (_, target) => `Der Export ${target} konnte nicht erstellt werden`,
    'key-expiring': (_, target) => `Der Schlüssel ${target} endet bald`,
    'key-rotation-due': (_, target) => `Der Schlüssel ${target} muss rotiert werden`,
  },
};

const FRAME = {
  en: {
    other: (target: string) => (target === '' ? 'An alert has fired' : `Alert: ${target}`),
    line: 'It stands with the details in the console.',
    last: 'There have been many such notices: for the next hour, see the console for further ones.',
    button: 'Open notifications',
    footer: 'You chose to be told of this by mail.',
    settings: 'Change what you are told',
  },
  de: {
    other: (target: string) => (target === '' ? 'Eine Meldung wurde ausgelöst' : `Meldung: ${target}`),
    line: 'In der Konsole steht sie mit allen Einzelheiten.',
    last: 'Es gab viele solcher Nachrichten: Weitere der nächsten Stunde finden Sie nur in der Konsole.',
    button: 'Benachrichtigungen öffnen',
    footer: 'Sie haben gewählt, hierüber per E-Mail informiert zu werden.',
    settings: 'Ändern, worüber Sie informiert werden',
  },
} as const;

/** Names may hold what a mail must not. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

export function noticeMail(happening: Happening, frame: Frame): MailText {
  const text = FRAME[frame.locale];
  const clean = (name: string) => name.replaceAll(CONTROL, ' ');
  const target = clean(happening.targetName);
  const words = EVENTS[frame.locale][happening.event];
  const title = words?.(clean(happening.actorName), target) ?? text.other(target);
  return {
    subject: title,
    tone: happening.severity === 'critical' ? 'critical' : 'neutral',
    organizationName: clean(frame.organizationName),
    heading: title,
    lines: frame.isLast ? [text.line, text.last] : [text.line],
    button: text.button,
    link: `${frame.consoleUrl}/notifications`,
    showLink: false,
    footer: text.footer,
    footerLink: { label: text.settings, href: `${frame.consoleUrl}/notifications?tab=settings` },
  };
}
