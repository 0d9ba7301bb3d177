import type { rateLimits as english } from '../en/rate-limits.ts';
import type { Translation } from '../translation.ts';

export const rateLimits: Translation<typeof english> = {
  title: 'Ratenlimits',
  description:
    'Wie viele Anfragen, Token oder offene Anfragen in einem Fenster erlaubt sind. Alle passenden müssen eingehalten sein.',
  emptyTitle: 'Noch keine Ratenlimits',
  emptyText:
    'Ein Limit hindert einen Schlüssel, ein Team oder einen Endnutzer daran, zu nehmen, was andere brauchen. Ein guter Anfang: 600 Anfragen pro Minute für jeden Schlüssel.',
  create: 'Ratenlimit anlegen',
  search: 'Ratenlimits durchsuchen',
  columns: { scope: 'Gilt für', limit: 'Limit', model: 'Modell', changed: 'Geändert', use: 'Jetzt genutzt' },
  eachCounted: 'je Wert gezählt',
  anyModel: 'jedes',
  allMetrics: 'Alle Größen',
  dunning: {
    badge: 'Rechnung überfällig',
    title: 'Dieses Limit gilt, weil eine Rechnung überfällig ist',
    text: 'Niemand in der Organisation kann es ändern oder löschen. Es entfällt von selbst, sobald die Rechnung bezahlt ist oder der Betreiber dieser Installation sie erledigt.',
    invoices: 'Zu den Rechnungen',
  },
  form: {
    title: 'Ratenlimit anlegen',
    description: 'Gilt innerhalb einer Sekunde auf jedem Gateway, und über alle zusammen.',
    editTitle: (name) => `Limit von ${name} ändern`,
    editText: 'Gilt innerhalb einer Sekunde auf jedem Gateway.',
    metric: 'Zählt',
    metricText: {
      requests: 'Jede Anfrage ist eins.',
      tokens: 'Eingabe und Ausgabe; vorher geschätzt, danach berichtigt.',
      concurrency: 'Anfragen, die zur selben Zeit laufen.',
    },
    limit: 'Höchstens',
    window: 'Fenster',
    windowHint:
      'Gleitend: was in diesem Fenster genutzt wurde, und vom vorigen so viel, wie noch hineinreicht, als gleichmäßig verteilt gerechnet.',
    seconds: 'Sekunden',
    secondsWrong: 'Schreiben Sie ganze Sekunden, von 1 bis 2.678.400 (31 Tage).',
    model: 'Nur für ein Modell',
    modelHint: 'Leer: für jedes Modell.',
    submit: 'Ratenlimit anlegen',
    save: 'Speichern',
    created: (rule) => `Das Limit gilt jetzt: ${rule}`,
  },
  sheet: {
    now: 'Jetzt genutzt',
    refused: (count) =>
      count === '1'
        ? 'In den letzten 24 Stunden lehnte ein Ratenlimit hier eine Anfrage ab'
        : `In den letzten 24 Stunden lehnten Ratenlimits hier ${count} Anfragen ab`,
    refusedAtLeast: (count) =>
      `In den letzten 24 Stunden lehnten Ratenlimits hier mindestens ${count} Anfragen ab`,
    nothingRefused: 'In den letzten 24 Stunden lehnte hier kein Ratenlimit eine Anfrage ab.',
    caller: 'Was ein Aufrufer sieht, wenn er abgelehnt wird',
    callerText:
      'Bis zu 30 Sekunden warten die offiziellen SDKs selbst und versuchen es erneut; längere Wartezeiten melden sie Ihrer Anwendung. Jede Ablehnung nennt diese Regel.',
    rule: 'Regel',
    id: 'Id',
    notFound: 'Dieses Ratenlimit gibt es nicht',
    notFoundText: 'Vielleicht wurde es gelöscht. Sein Verlauf steht im Auditprotokoll.',
    history: 'Verlauf',
  },
  actions: {
    edit: 'Ändern',
    delete: 'Löschen',
    deleteTitle: 'Dieses Ratenlimit löschen?',
    deleteText: (rule, scope) =>
      `${rule}, für ${scope}, gilt nach einer Sekunde auf keinem Gateway mehr. Andere Limits bleiben.`,
    deleted: 'Das Ratenlimit ist gelöscht',
    deleteMany: (count) => (count === 1 ? 'Ein Ratenlimit löschen?' : `${count} Ratenlimits löschen?`),
    deleteManyText: 'Von nun an halten sie niemanden mehr auf. Ihr Verlauf bleibt im Prüfprotokoll.',
  },
  applied: {
    title: 'Ratenlimits',
    text: 'Jedes Limit, gegen das seine Anfragen zählen. In allen muss Platz sein.',
    none: 'Kein Ratenlimit.',
    add: 'Ratenlimit hinzufügen',
    left: (left, limit) => `${left} von ${limit} übrig`,
    used: (used, limit) => `${used} von ${limit} verbraucht`,
    meter: (rule) => `Verbraucht von ${rule}`,
    decides: 'Entscheidet',
    decidesHint: 'Von allen seiner Art wird es zuerst erreicht.',
  },
};
