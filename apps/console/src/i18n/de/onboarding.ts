import type { onboarding as english } from '../en/onboarding.ts';
import type { Translation } from '../translation.ts';

export const onboarding: Translation<typeof english> = {
  title: 'Organisation einrichten',
  steps: { organization: 'Organisation', provider: 'Anbieter', key: 'Erster Schlüssel' },
  organization: {
    title: 'Wie heißt Ihre Organisation?',
    text: 'Sie umfasst Teams, Schlüssel und Rechnungen. Der Name ist jederzeit änderbar.',
    name: 'Name der Organisation',
    defaultName: 'Meine Organisation',
  },
  provider: {
    title: 'Wohin sollen Anfragen gehen?',
    text: 'Beginnen Sie mit dem Simulator und verbinden Sie Anbieter später, oder gleich einen.',
    choice: 'Anbieter',
    simulator: 'Mit dem Simulator beginnen',
    simulatorText: 'Antwortet wie ein Anbieter, braucht kein Konto. Dafür wird nie etwas eingezogen.',
    own: 'Anbieter verbinden',
    ownText: 'Schlüssel einfügen. Er wird sofort geprüft und verschlüsselt verwahrt.',
    useSimulator: 'Weiter mit dem Simulator',
    connect: 'Prüfen und weiter',
    provider: 'Anbieter',
    refused: (detail) => `Der Anbieter hat ihn nicht angenommen: ${detail}`,
    credentialName: (provider) => `${provider} (erster)`,
  },
  key: {
    title: 'Legen Sie den ersten Schlüssel an',
    text: 'Anwendungen nutzen ihn statt eines Anbieterschlüssels. Er lässt sich begrenzen, erneuern und sperren.',
    name: 'Name des Schlüssels',
    defaultName: 'Erster Schlüssel',
    create: 'Schlüssel anlegen',
    ready: 'Ihr Schlüssel ist bereit',
    readyText:
      'Kopieren Sie die Anfrage unten in ein Terminal. Diese Seite zeigt die Antwort, sobald sie da ist.',
    toOverview: 'Zur Übersicht',
  },
  firstRequest: {
    waiting: 'Wartet auf die erste Anfrage',
    waitingText: 'Führen Sie den Aufruf aus. Diese Karte ändert sich von selbst.',
    failing: 'Die Konsole antwortet gerade nicht. Es wird weiter versucht.',
    answered: 'Erste Anfrage beantwortet',
    settling: 'Token werden gezählt…',
    tokensIn: 'Eingabe-Token',
    tokensOut: 'Ausgabe-Token',
    cost: 'Kosten',
    latency: 'Dauer',
    open: 'Diese Anfrage öffnen',
  },
};
