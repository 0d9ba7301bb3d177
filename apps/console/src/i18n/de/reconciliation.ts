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
  credentialHint: 'Das Konto, für das diese Rechnung ist.',
  everyCredential: 'Alle dieses Anbieters',
  file: 'Datei',
  timeZone: 'Tage der Rechnung',
  timeZoneHint: 'Die Zeitzone der Tage auf der Rechnung. Fast immer UTC.',
  imported: 'Eingelesen und verglichen',
  importedBefore: 'Diese Datei wurde schon eingelesen: Nichts hat sich geändert',
  toEarlierBill: 'Jene Rechnung öffnen',
  allStates: 'Alle Status',
  comparedAt: 'Verglichen',
  rowsIgnored: (rows, ignored) => `${rows}, dazu ${ignored} über anderes`,
  by: (name) => `von ${name}`,
  bookedStays:
    'Unterschiede dieser Rechnung sind verbucht: Sie lässt sich weder erneut vergleichen noch löschen. Buchungen bleiben für immer im Hauptbuch.',
  deleteBillTitle: (fileName) => `Die Rechnung ${fileName} löschen?`,
  deleteBillText: (accepted) =>
    `Ihre Unterschiede verschwinden${accepted === 0 ? '' : accepted === 1 ? ', mit 1 Entscheidung und ihrer Notiz' : `, mit ${accepted} Entscheidungen und ihren Notizen`}. Das Hauptbuch bleibt, wie es ist: Nichts von dieser Rechnung wurde verbucht. Die Datei kann wieder eingelesen werden, in einer anderen Zeitzone oder für einen anderen Zugang.`,
  difference: 'Unterschied',
  noSuchDifference: 'Diesen Unterschied gibt es nicht mehr.',
  note: 'Notiz',
  decided: 'Entschieden',
  seenBy: 'Woraus das geschlossen wird',
  toRequests: 'Die Anfragen dieses Tages und Modells',
  details: {
    providerModel: 'Name auf der Rechnung',
    rows: 'Zeilen der Rechnung',
    otherDay: 'Anderer Tag',
    lastDay: 'Die Rechnung endet',
    lateUsd: 'Spät verbucht',
    entries: 'Einträge ohne Preis',
    billPerLedger: 'Rechnung je Hauptbuch',
    priceVersions: 'Preisfassungen',
    'bill.input': 'Eingabe-Token, Rechnung',
    'ledger.input': 'Eingabe-Token, Hauptbuch',
    'bill.cachedInput': 'Zwischengespeicherte Token, Rechnung',
    'ledger.cachedInput': 'Zwischengespeicherte Token, Hauptbuch',
    'bill.output': 'Ausgabe-Token, Rechnung',
    'ledger.output': 'Ausgabe-Token, Hauptbuch',
  },
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
  decisions: {
    accept: {
      label: 'Annehmen',
      title: (count) => (count === 1 ? 'Diesen Unterschied annehmen?' : `${count} Unterschiede annehmen?`),
      text: 'Er ist in Ordnung, und das Hauptbuch bleibt, wie es ist. Er lässt sich wieder öffnen.',
      done: (count) => (count === 1 ? '1 Unterschied angenommen' : `${count} Unterschiede angenommen`),
    },
    book: {
      label: 'Verbuchen',
      title: (count) => (count === 1 ? 'Diesen Unterschied verbuchen?' : `${count} Unterschiede verbuchen?`),
      text: 'Das Hauptbuch bekommt Berichtigungen, sodass Kosten, Budgets und Kostennachweis der Rechnung folgen. Was Ihre Organisation schuldet, ändert sich nicht. Das lässt sich nicht zurücknehmen.',
      done: (count) =>
        count === 1 ? '1 Unterschied wird verbucht' : `${count} Unterschiede werden verbucht`,
    },
    reopen: {
      label: 'Wieder öffnen',
      title: (count) =>
        count === 1 ? 'Diesen Unterschied wieder öffnen?' : `${count} Unterschiede wieder öffnen?`,
      text: 'Er wartet wieder auf eine Entscheidung. Seine Notiz bleibt, solange keine andere geschrieben wird.',
      done: (count) =>
        count === 1 ? '1 Unterschied wieder geöffnet' : `${count} Unterschiede wieder geöffnet`,
    },
  },
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
