import type { reconciliation as english } from '../en/reconciliation.ts';
import type { Translation } from '../translation.ts';

export const reconciliation: Translation<typeof english> = {
  title: 'Abgleich',
  description:
    'Rechnungen der Anbieter gegen das Hauptbuch, Tag für Tag und Modell für Modell; andere Gateways daneben.',
  bills: 'Rechnungen der Anbieter',
  others: 'Andere Gateways',
  import: 'Einlesen',
  importBill: 'Rechnung einlesen',
  importBillText:
    'OpenAI: der Kostenexport oder Seiten der Kosten-API. Anthropic: der Kostenexport oder der Kostenbericht. AWS: der Kosten- und Nutzungsbericht. CSV, JSON oder Parquet.',
  importSpend: 'Ausgaben einlesen',
  importSpendText:
    'SpendLogs von LiteLLM, Aktivität von OpenRouter, Anfragen von Helicone, Logs von Portkey: CSV, JSON oder JSON Lines.',
  provider: 'Anbieter',
  source: 'Gateway',
  providers: { openai: 'OpenAI', anthropic: 'Anthropic', aws: 'AWS Bedrock' },
  sources: {
    litellm: 'LiteLLM',
    openrouter: 'OpenRouter',
    helicone: 'Helicone',
    portkey: 'Portkey',
    tollgate: 'Tollgate',
  },
  credential: 'Zugang',
  credentialHint: 'Um wessen Konto es in der Rechnung geht.',
  everyCredential: 'Alle des Anbieters',
  file: 'Datei',
  timeZone: 'Tage der Rechnung',
  timeZoneHint: 'In wessen Tagen der Anbieter zählt. Fast immer UTC.',
  imported: 'Eingelesen und verglichen',
  emptyTitle: 'Noch keine Rechnung eingelesen',
  emptyText:
    'Lesen Sie ein, was ein Anbieter berechnet hat. Jeder Unterschied zum Hauptbuch wird mit seinem wahrscheinlichen Grund gezeigt.',
  emptySpend: 'Noch nichts eingelesen',
  emptySpendText:
    'Lesen Sie ein, was ein anderes Gateway verzeichnet hat, um Ausgaben über Gateways hinweg zu sehen. Es wird nie Teil des Buchs.',
  columns: {
    file: 'Datei',
    period: 'Zeitraum',
    bill: 'Rechnung',
    ledger: 'Hauptbuch',
    difference: 'Unterschied',
    open: 'Offen',
    day: 'Tag',
    model: 'Modell',
    reason: 'Wahrscheinlicher Grund',
    state: 'Status',
    requests: 'Anfragen',
    tokens: 'Token',
    cost: 'Kosten',
    rows: 'Zeilen',
    imported: 'Eingelesen',
  },
  reasons: {
    credit: 'Guthaben oder Freikontingent',
    tax: 'Steuer',
    'unknown-model': 'Unbekannter Modellname',
    'day-boundary': 'Über Mitternacht oder andere Zeitzone',
    'late-bill': 'Noch nicht berechnet',
    'late-usage': 'Späte Nutzung',
    'unknown-price': 'Hier war kein Preis bekannt',
    rounding: 'Rundung des Anbieters',
    'batch-discount': 'Batch-Rabatt',
    'cached-tokens': 'Zwischengespeicherte Token anders gezählt',
    'price-difference': 'Anderer Preis',
    'outside-gateway': 'Verkehr am Gateway vorbei',
    'not-billed': 'Nicht auf der Rechnung',
  },
  states: { open: 'Offen', accepted: 'Angenommen', booking: 'Wird verbucht', booked: 'Verbucht' },
  summary: 'Gründe',
  summaryText: 'Sie ergeben zusammen genau den Unterschied.',
  differences: 'Unterschiede',
  noDifferences: 'Rechnung und Hauptbuch stimmen bis zur letzten Stelle überein',
  accept: 'Annehmen',
  book: 'Verbuchen',
  bookTitle: (count) => (count === 1 ? 'Diesen Unterschied verbuchen?' : `${count} Unterschiede verbuchen?`),
  bookText:
    'Das Hauptbuch bekommt Berichtigungen, sodass Kosten, Budgets und Kostennachweis der Rechnung folgen. Was Ihre Organisation schuldet, ändert sich nicht. Das lässt sich nicht zurücknehmen.',
  booked: 'Sie werden verbucht',
  accepted: 'Angenommen',
  reopen: 'Wieder öffnen',
  compareAgain: 'Erneut vergleichen',
  comparedAgain: (kept) =>
    kept === 0
      ? 'Erneut verglichen'
      : kept === 1
        ? 'Erneut verglichen; 1 Entscheidung gilt weiter'
        : `Erneut verglichen; ${kept} Entscheidungen gelten weiter`,
  compareTitle: (count) =>
    count === 1
      ? 'Erneut vergleichen und 1 Entscheidung verlieren?'
      : `Erneut vergleichen und ${count} Entscheidungen verlieren?`,
  compareText:
    'Es geht um Unterschiede, die sich seither geändert haben. Entscheidungen über alles, was gleich blieb, bleiben samt Notiz.',
  notFound: 'Diese Rechnung gibt es hier nicht',
  comparison: 'Ausgaben je Gateway',
  comparisonText: 'Die letzten 30 Tage, je Modell, in UTC.',
  delete: 'Löschen',
  deleted: 'Gelöscht',
  deleteTitle: 'Diesen Import löschen?',
  deleteText: 'Seine Zahlen verschwinden aus dem Vergleich. Die Datei kann wieder eingelesen werden.',
};
