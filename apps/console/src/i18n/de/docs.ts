import type { docs as english } from '../en/docs.ts';
import type { Translation } from '../translation.ts';

export const docs: Translation<typeof english> = {
  title: 'Dokumentation',
  description:
    'Kurze Antworten auf die Fragen, die zuerst kommen. In den Beispielen stehen die Adressen dieser Installation.',
  pages: 'Seiten der Dokumentation',
  search: 'Dokumentation durchsuchen',
  found: 'In der Dokumentation gefunden',
  nothingFound: 'Nichts gefunden. Versuchen Sie ein anderes Wort.',
  about: {
    'first-call': 'Wie ein erster Aufruf geht',
    sdks: 'Basis-URLs der SDKs',
    keys: 'Was ein Schlüssel darf',
    budgets: 'Wie Budgets halten',
    'rate-limits': 'Wie Limits wirken',
    errors: 'Was das bedeutet',
    streaming: 'Wie Streams enden',
    models: 'Wie Modellnamen verstanden werden',
    headers: 'Was eine Anfrage über sich sagen kann',
    batches: 'Wie Dateien, Batches und Videos gehen',
    usage: 'Wie eine Zahl zur Anfrage führt',
    security: 'Wie Schlüssel und Prüfprotokoll gesichert sind',
    'single-sign-on': 'Wie man Single Sign-on einrichtet',
    webhooks: 'Wie man eine Signatur prüft',
    api: 'Wie man die Admin-API benutzt',
  },
  errorTable: 'Fehler des Gateways',
  code: 'Code',
  status: 'Status',
  meaning: 'Was es heißt und was zu tun ist',
  retry: 'Wiederholen',
  retries: { no: 'nein', soon: 'bald', wait: 'nach dem Neubeginn', provider: 'wie der Anbieter sagt' },
};
