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
  errorTable: 'Fehler des Gateways',
  code: 'Code',
  status: 'Status',
  meaning: 'Was es heißt und was zu tun ist',
  retry: 'Wiederholen',
  retries: { no: 'nein', soon: 'bald', wait: 'nach dem Neubeginn', provider: 'wie der Anbieter sagt' },
};
