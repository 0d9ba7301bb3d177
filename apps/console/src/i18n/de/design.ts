import type { design as english } from '../en/design.ts';
import type { Translation } from '../translation.ts';

export const design: Translation<typeof english> = {
  title: 'Designsystem',
  description: 'Jedes Bauteil der Konsole mit seinen Zuständen. Farbschema und Sprache wechseln Sie rechts.',
  sections: {
    tokens: 'Farben und Größen',
    actions: 'Aktionen',
    forms: 'Formulare',
    figures: 'Zahlen und Diagramme',
    tables: 'Tabellen',
    content: 'Inhalte',
    states: 'Zustände',
    windows: 'Fenster',
  },
  scale: 'Genau bis zur letzten Stelle 0123456789',
  forms: { text: 'Text', choice: 'Auswahl' },
  charts: {
    byTeam: 'Ausgaben nach Team',
    byTeamText: 'Letzte 30 Tage, UTC',
    byOutcome: 'Anfragen nach Ausgang',
    byOutcomeText: '22. Oktober, je Stunde',
    figures: 'Zahlen',
  },
  figures: {
    exact: 'genau',
    cents: 'auf Cent gerundet',
    small: 'unter einem Cent',
    credit: 'Gutschrift',
    tokens: 'Token',
    time: 'Zeit',
    exactTime: 'genaue Zeit',
    nothing: 'nichts',
  },
  content: { facts: 'Angaben', toCome: 'Kommt noch' },
  tables: { sample: 'Beispielschlüssel', loading: 'Lädt', empty: 'Leer', failed: 'Fehlgeschlagen' },
  states: {
    teaches: 'Leer: erklärt',
    filters: 'Leer: Filter',
    forbidden: 'Nicht erlaubt',
    failed: 'Fehlgeschlagen',
    offline: 'Ohne Netz',
    loading: 'Lädt',
    fields: 'Felder',
  },
  windows: {
    dialog: 'Dialog',
    sheet: 'Seitenblatt',
    confirm: 'Bestätigen',
    byName: 'Mit Namen bestätigen',
  },
};
