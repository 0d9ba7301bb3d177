import type { parts as english } from '../en/parts.ts';
import type { Translation } from '../translation.ts';

export const parts: Translation<typeof english> = {
  forbiddenTitle: 'Ihre Rolle zeigt das nicht',
  forbiddenText: (permission) =>
    `Dazu gehört die Berechtigung ${permission}. Inhaber und Administratoren Ihrer Organisation können sie geben.`,
  search: 'Suchen',
  noMatchTitle: 'Keine Treffer',
  noMatchText: 'Zu Suche und Filtern passt kein Eintrag.',
  more: 'Weitere Aktionen',
  actions: 'Aktionen',
  team: 'Team',
  noTeam: 'Kein Team',
  allTeams: 'Alle Teams',
  role: 'Rolle',
  permissions: 'Berechtigungen',
  thisMonth: 'in diesem Monat',
  required: 'Bitte ausfüllen.',
  csvDone: (count) => (count === 1 ? '1 Zeile gespeichert' : `${count} Zeilen gespeichert`),
  csvPart: (count) => `Die ersten ${count} Zeilen stehen in der Datei; es gibt mehr. Bitte filtern.`,
  idLabel: 'Kennung',
  roles: {
    owner: 'Inhaber',
    admin: 'Administrator',
    developer: 'Entwicklung',
    finance: 'Finanzen',
    viewer: 'Nur lesen',
  },
};
