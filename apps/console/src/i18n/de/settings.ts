import type { settings as english } from '../en/settings.ts';
import type { Translation } from '../translation.ts';

export const settings: Translation<typeof english> = {
  profile: {
    title: 'Profil',
    description: 'Ihr Name, Ihre Sprache, Ihr Passwort.',
    emptyTitle: 'Noch nichts einzustellen',
    emptyText: 'Name, Sprache und Passwort werden hier eingestellt.',
  },
  sessions: {
    title: 'Sitzungen',
    description: 'Wo Sie angemeldet sind. Beenden Sie, was Sie nicht kennen.',
    emptyTitle: 'Keine weiteren Sitzungen',
    emptyText: 'Browser, die sich mit Ihrem Konto anmelden, stehen hier.',
  },
  organization: {
    title: 'Organisation',
    description: 'Name und Vorgaben, die für alle gelten.',
    emptyTitle: 'Noch nichts einzustellen',
    emptyText: 'Name, Region und Vorgaben für neue Schlüssel werden hier eingestellt.',
  },
};
