import type { routes as english } from '../en/routes.ts';
import type { Translation } from '../translation.ts';

export const routes: Translation<typeof english> = {
  title: 'Routen',
  description:
    'Ein Name, nach dem Anwendungen fragen, und die Modelle, die ihn beantworten: nach Gewicht, nach Bedingung, und eines nach dem anderen, wo ein Anbieter ausfällt.',
  emptyTitle: 'Noch keine Routen',
  emptyText:
    'Eine Route ist ein Name, den Anwendungen als Modell senden. Wer dahinter antwortet, bestimmen Sie: zwei Modelle nach Gewicht, ein günstigeres für manche Anfragen, ein anderer Anbieter, wenn der erste ausfällt. An den Anwendungen ändert sich nichts.',
  create: 'Route anlegen',
  learn: 'Wie weiche ich auf einen anderen Anbieter aus?',
  search: 'Routen durchsuchen',
  states: { all: 'Alle Status', enabled: 'Aktiv', disabled: 'Deaktiviert' },
  columns: {
    name: 'Route',
    targets: 'Ziele',
    rules: 'Regeln',
    fallbacks: 'Ausweichziele',
    updated: 'Geändert',
  },
  rules: (count) => (count === 1 ? '1 Regel' : `${count} Regeln`),
  conditions: (count) =>
    count === 0 ? 'keine Bedingungen' : count === 1 ? '1 Bedingung' : `${count} Bedingungen`,
  shares: (list) => `Anteile: ${list}`,
  noFallbacks: 'keine',
  moreTargets: (count) => `und ${count} weitere`,
  hasProblems: (count) =>
    count === 1 ? '1 Ziel kann nicht verwendet werden' : `${count} Ziele können nicht verwendet werden`,
  unreadable: 'Nicht lesbar',
  unreadableText:
    'Was von dieser Route gespeichert ist, lässt sich nicht lesen: Ihre Anfragen werden auf jedem Gateway abgelehnt. Geben Sie ihr neue Regeln, oder löschen Sie sie.',
  actions: {
    open: 'Öffnen',
    duplicate: 'Duplizieren',
    disable: 'Deaktivieren',
    enable: 'Aktivieren',
    delete: 'Löschen',
    disableTitle: (name) => `„${name}“ deaktivieren?`,
    deleteTitle: (name) => `„${name}“ löschen?`,
    toModel: (name) =>
      `Anfragen an „${name}“ gehen von jetzt an zum Modell dieses Namens, auf jedem Gateway binnen Sekunden.`,
    toNothing: (name) =>
      `Anfragen an „${name}“ werden von jetzt an mit model_not_found abgelehnt, auf jedem Gateway binnen Sekunden.`,
    looking: 'Die letzten 7 Tage werden angesehen…',
    unused: 'In den letzten 7 Tagen nahm sie keine Anfrage.',
    used: (requests) =>
      requests === '1'
        ? 'In den letzten 7 Tagen nahm sie 1 Anfrage.'
        : `In den letzten 7 Tagen nahmen sie ${requests} Anfragen.`,
    usedAtLeast: (requests) =>
      requests === '1'
        ? 'In den letzten 7 Tagen nahm sie mindestens 1 Anfrage.'
        : `In den letzten 7 Tagen nahmen sie mindestens ${requests} Anfragen.`,
    requests: 'Ihre Anfragen',
    keepsHistory: 'Was sie bisher beantwortet hat, bleibt in Anfragen und Nutzung.',
    disabled: (name) => `„${name}“ ist deaktiviert`,
    enabled: (name) => `„${name}“ antwortet wieder`,
    deleted: (name) => `„${name}“ ist gelöscht`,
  },
  notFound: 'Diese Route gibt es nicht',
  notFoundText: 'Vielleicht wurde sie gelöscht. Ihr Verlauf steht im Prüfprotokoll.',
  newTitle: 'Neue Route',
  copyOf: (name) => `${name}-kopie`,
};
