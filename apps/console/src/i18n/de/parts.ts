import type { parts as english } from '../en/parts.ts';
import type { Translation } from '../translation.ts';

export const parts: Translation<typeof english> = {
  forbiddenTitle: 'Ihre Rolle zeigt das nicht',
  forbiddenText: (permission) =>
    `Dazu gehört die Berechtigung ${permission}. Inhaber und Administratoren Ihrer Organisation können sie geben.`,
  search: 'Suchen',
  dropFilter: (filter) => `${filter}: wieder alle zeigen`,
  traffic: { mode: 'Modus', modes: { live: 'Live', test: 'Test' } },
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
  bulk: {
    some: (label, count) => `${label} (${count})`,
    tooMany: (max) => `Höchstens ${max} auf einmal.`,
    more: (count) => `und ${count} weitere`,
    changed: (count) => `${count} geändert`,
    archived: (count) => `${count} archiviert`,
    removed: (count) => `${count} entfernt`,
    stopped: (done, left) => `Angehalten: ${done}, ${left} unverändert`,
    failed: (count) => `${count} nicht geändert`,
    results: 'Ergebnis',
  },
  chooseCountry: 'Land wählen',
  unsaved: {
    title: 'Ohne Speichern verlassen?',
    text: 'Was Sie auf dieser Seite geändert haben, geht verloren.',
    leave: 'Verlassen',
  },
  changedMeanwhile: {
    title: 'Inzwischen hat das jemand anderes geändert',
    untouched:
      'Die Felder zeigen den neueren Stand, Ihre Eingaben sind noch da. Speichern Sie erneut, wenn alles stimmt.',
    contested: 'Ihre Eingaben sind noch da. Erneutes Speichern ersetzt, was inzwischen dort steht:',
    now: (name: string, value: string) => `${name}: ${value === '' ? 'jetzt leer' : `jetzt ${value}`}`,
    on: 'an',
    off: 'aus',
    take: 'Neueren Stand übernehmen',
  },
  roles: {
    owner: 'Inhaber',
    admin: 'Administrator',
    developer: 'Entwicklung',
    finance: 'Finanzen',
    viewer: 'Nur lesen',
  },
};
