import type { overview as english } from '../en/overview.ts';
import type { Translation } from '../translation.ts';

export const overview: Translation<typeof english> = {
  title: 'Übersicht',
  description: 'Was Ihre Schlüssel taten, was es kostete und was Aufmerksamkeit braucht.',
  emptyTitle: 'Noch ist nichts geschehen',
  emptyText:
    'Legen Sie einen virtuellen Schlüssel an, schicken Sie eine Anfrage durch das Gateway, und Ausgaben, Verkehr und Fehler erscheinen hier.',
  start: 'Erste Anfrage senden',
  useKey: 'Zu Ihren Schlüsseln',
  createKey: 'Schlüssel anlegen',
  spend: 'Ausgaben diesen Monat',
  spendHint: 'UTC, mit Testverkehr',
  requestsToday: 'Versuche heute',
  requestsHint: 'UTC, Wiederholungen zählen',
  activeKeys: 'Aktive Schlüssel',
  toKeys: 'Alle aktiven Schlüssel',
  lastRequests: 'Letzte Anfragen',
  allRequests: 'Alle Anfragen',
};
