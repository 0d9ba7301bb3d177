import type { keyReach as english } from '../en/key-reach.ts';
import type { Translation } from '../translation.ts';

export const keyReach: Translation<typeof english> = {
  title: 'Modelle in Reichweite',
  text: 'Nach dem Geltungsbereich des Schlüssels und den verbundenen Anbietern.',
  search: 'Teil eines Modellnamens',
  reaches: { reachable: 'In Reichweite', withheld: 'Vorenthalten' },
  none: {
    reachable: 'Kein Modell ist in Reichweite.',
    withheld: 'Diesem Schlüssel wird nichts vorenthalten.',
  },
  noMatch: 'Kein Modell hier heißt so.',
  more: 'Mehr anzeigen',
  withheldBy: {
    models: 'Es steht nicht in der Modell-Liste des Schlüssels.',
    providers: 'Sein Anbieter steht nicht in der Anbieter-Liste des Schlüssels.',
    credentials: 'Der Schlüssel nennt es, aber kein verbundener Anbieter hat es.',
  },
  preview: {
    action: 'Was würde er erreichen?',
    counts: (count, all) => `${count} von ${all} Modellen in Reichweite`,
    models: 'In Reichweite',
    unserved: 'Bei keinem verbundenen Anbieter',
  },
};
