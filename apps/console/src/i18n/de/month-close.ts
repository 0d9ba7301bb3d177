import type { monthClose as english } from '../en/month-close.ts';
import type { Translation } from '../translation.ts';

export const monthClose: Translation<typeof english> = {
  title: 'Monatsabschluss',
  description: 'Von der letzten Anfrage eines Monats bis zur versandten Rechnung, Schritt für Schritt.',
  month: 'Monat',
  graceEnds: 'Automatisch ab',
  openInvoice: 'Rechnung öffnen',
  noInvoice: 'In diesem Monat wurde nichts berechnet.',
  states: {
    done: 'Erledigt',
    attention: 'Zu tun',
    waiting: 'Wartet',
    changed: 'Seither geändert',
    blocked: 'Noch nicht',
    none: 'Entfällt',
  },
  steps: {
    'period-ended': 'Der Monat ist vorbei',
    'usage-arrived': 'Die gesamte Nutzung ist da',
    'late-usage': 'Späte Nutzung',
    'unknown-prices': 'Unbekannte Preise',
    quarantine: 'Quarantäne',
    reconciliation: 'Rechnungen der Anbieter',
    review: 'Entwurf prüfen',
    finalize: 'Festschreiben',
    push: 'An Stripe geben',
    send: 'Rechnung versenden',
    notes: 'Belege ausstellen',
  },
  stepText: {
    'period-ended': 'In der Zeitzone der Organisation. Danach folgen Karenztage für späte Nutzung.',
    'usage-arrived': 'Kein Gateway hält Anfragen von vor dem Ende, und alles Verbuchte steht im Entwurf.',
    'late-usage':
      'Nach Monatsende verbucht. Sie steht im Entwurf; nach dem Festschreiben kommt sie auf einen Beleg.',
    'unknown-prices':
      'Anfragen, deren Modell keinen Preis hatte: Sie kosten nichts, bis ein Preis genannt wird.',
    quarantine:
      'Zeilen, die unserer eigenen Rechnung widersprechen. Sie zählen erst, wenn jemand entscheidet.',
    reconciliation:
      'Unterschiede zwischen Hauptbuch und eingelesenen Rechnungen, über die niemand entschieden hat.',
    review: 'Jemand hat den Entwurf angesehen und findet ihn richtig.',
    finalize: 'Die Rechnung bekommt ihre Nummer und ändert sich nie mehr.',
    push: 'Live-Rechnungen werden an Stripe gegeben, wo es eingerichtet ist.',
    send: 'Eine Mail mit dem PDF an den Rechnungskontakt.',
    notes:
      'Gutschriften und Nachbelastungen zu diesem und früheren Monaten, die noch Entwürfe sind: Ohne Nummer schuldet sie niemand. Nachbelastungen werden nach den Karenztagen von selbst ausgestellt.',
  },
  count: (count) => (count === 1 ? '1 Eintrag' : `${count} Einträge`),
  draftNotes: (count) => (count === 1 ? '1 Entwurf' : `${count} Entwürfe`),
  gatewaysBehind: (count) =>
    count === 1 ? '1 Gateway ist im Rückstand' : `${count} Gateways sind im Rückstand`,
  confirm: 'Als geprüft markieren',
  confirmAgain: 'Erneut prüfen',
  withdraw: 'Zurücknehmen',
  confirmTitle: (step) => `${step}: geprüft?`,
  confirmText:
    'Ihr Name und die Zeit werden mit dem festgehalten, was Sie gesehen haben. Ändert es sich danach, zeigt der Schritt es.',
  note: 'Notiz',
  confirmed: 'Festgehalten',
  by: (name) => `von ${name}`,
  finalizeTitle: 'Rechnung festschreiben?',
  finalizeText:
    'Sie bekommt ihre Nummer und ändert sich nie mehr. Was später kommt, steht auf einer Gut- oder Lastschrift.',
  finalized: (number) => `Rechnung ${number} ist festgeschrieben`,
  send: 'Versenden',
  sendAgain: 'Erneut versenden',
  sendTitle: 'Rechnung versenden?',
  sendText:
    'Eine Mail mit dem PDF geht an die Adresse unter Einstellungen → Abrechnung, „Rechnungen gehen an“.',
  sent: 'Die Mail ist unterwegs',
  lookAt: 'Ansehen',
  quarantineTitle: 'Zeilen in Quarantäne',
  quarantineReasons: {
    'unknown-price-version': 'Preis unbekannt',
    'foreign-price-version': 'Preis einer anderen Organisation',
    'unknown-markup-rule': 'Aufschlag unbekannt',
    'markup-mismatch': 'Ein anderer Aufschlag gilt',
    'rating-mismatch': 'Anders berechnet',
    malformed: 'Unlesbar',
    'refused-by-constraint': 'Von der Datenbank abgelehnt',
    'conflicting-entry': 'Ein anderer Eintrag hat seinen Platz',
    'implausible-time': 'Unmögliche Zeit',
    'dispatch-lost': 'Absenden verloren gegangen',
  },
  quarantineText:
    'Freigegebene Zeilen zählen, wie ihr Gateway sie bewertet hat; verworfene nie. Beides steht im Prüfprotokoll.',
  quarantineEmpty: 'Nichts ist in Quarantäne',
  columns: {
    request: 'Anfrage',
    reason: 'Grund',
    model: 'Modell',
    cost: 'Kosten',
    since: 'Seit',
    decision: 'Entscheidung',
  },
  release: 'Freigeben',
  reject: 'Verwerfen',
  releasing: 'Wird freigegeben',
  refused: (reason) => `Konnte nicht freigegeben werden: ${reason}`,
  decided: 'Entschieden',
  details: 'Einzelheiten',
};
