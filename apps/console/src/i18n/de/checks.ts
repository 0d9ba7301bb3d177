import type { checks as english } from '../en/checks.ts';
import type { Translation } from '../translation.ts';

export const checks: Translation<typeof english> = {
  title: 'Wäre sie erlaubt?',
  text: 'Eine Anfrage, die niemand sendet, nach den Regeln, wie sie jetzt sind.',
  model: 'Modell',
  endpoint: 'Endpunkt',
  anyEndpoint: 'Jeder Endpunkt',
  inputTokens: 'Eingabe-Token',
  outputTokens: 'Ausgabe-Token, höchstens',
  address: 'Von Adresse',
  endUser: 'Endnutzer',
  stream: 'Die Antwort wird gestreamt',
  begin: 'Eine Anfrage prüfen',
  check: 'Prüfen',
  allowed: 'Erlaubt',
  refused: 'Abgelehnt',
  depends: 'Kommt darauf an',
  by: (provider, credential) => `${provider} würde antworten, mit ${credential}`,
  byRoute: (name, target) => `Route ${name}, zuerst ${target}`,
  worst: 'Höchstens',
  held: 'zurückgelegt, solange sie läuft',
  notHeld: 'kein hartes Budget legt etwas zurück',
  unbounded: 'kein Preis begrenzt sie',
  kinds: {
    key: 'Schlüssel',
    serviceAccount: 'Dienstkonto',
    address: 'Adresse',
    endpoint: 'Endpunkt',
    model: 'Modell',
    rateLimit: 'Ratenlimit',
    budget: 'Budget',
  },
  codes: {
    key_revoked: 'er ist gesperrt',
    key_expired: 'er ist abgelaufen',
    permission_denied: 'nicht auf seiner Liste',
    model_not_found: 'nicht in Reichweite',
    rate_limit_exceeded: 'gerade kein Platz',
    request_exceeds_budget: 'größer als das ganze Budget',
    budget_exceeded: 'nicht genug übrig',
    budget_in_flight: 'der Rest liegt für laufende Anfragen zurück',
    unbounded_cost: 'ihre Kosten lassen sich nicht begrenzen',
  } as Readonly<Record<string, string>>,
  asks: (requested, limit) => `braucht ${requested} von ${limit}`,
  uses: (used) => `${used} verbraucht`,
  instead: (model) => `${model} würde stattdessen antworten`,
  allows: (list) => `erlaubt ${list}`,
  addPaymentMethod: 'ein Zahlungsmittel hebt es innerhalb einer Minute, was genügen kann',
  askOperator: 'Ihr Betreiber kann es erhöhen; was über einen eigenen Anbieter geht, zählt nicht',
  notServed: 'keiner Ihrer Anbieter hat es',
  why: {
    open: 'Regel öffnen',
    changed: 'Die Regel wurde seither geändert.',
    now: 'Jetzt',
    nowText: (limit) => `erlaubt ${limit}`,
    left: (amount) => `${amount} übrig`,
    whatNow: 'Was sich ändern müsste',
    remedies: {
      raiseBudget: 'Das Budget erhöhen, oder die Anfrage anders zuordnen.',
      addPaymentMethod:
        'Ein Zahlungsmittel hinterlegen: Das Budget steigt dann von selbst, innerhalb einer Minute; das kann genügen.',
      useOwnProvider: 'Einen eigenen Anbieter verbinden: Was über ihn geht, zählt hier nicht.',
      askOperator: 'Den Betreiber dieser Installation um mehr bitten: Nur er setzt dieses Budget.',
      waitForReset: 'Warten, bis die Regel neu beginnt.',
      lowerOutput: 'Weniger Ausgabe-Token verlangen: Zurückgelegt wird, was geschrieben werden könnte.',
      addPrice: 'Einen Preis für das Modell angeben, damit seine Kosten begrenzt sind.',
      raiseRateLimit: 'Das Ratenlimit erhöhen.',
      retryLater: 'Etwas später noch einmal versuchen.',
      extendExpiry: 'Dem Schlüssel ein späteres Datum geben.',
      makeKey: 'Einen anderen Schlüssel anlegen: Dieser kommt nicht wieder.',
      addModelToKey: 'Das Modell in den Umfang des Schlüssels aufnehmen.',
      connectProvider: 'Einen Anbieter verbinden, der das Modell hat.',
      allowOnKey: 'Die Adresse oder den Endpunkt am Schlüssel erlauben.',
      enableServiceAccount: 'Das Dienstkonto freigeben.',
      endSuspension:
        'Die Sperre der Organisation beenden: bezahlen, was überfällig ist, oder fragen, wer diese Installation betreibt.',
      fixRequest: 'Die Anfrage ändern: Sie sagt, was ihr fehlt.',
      askProvider: 'Der Anbieter hat abgelehnt: siehe seine Antwort unten.',
    },
  },
  dryRun: {
    action: 'An den letzten 7 Tagen probieren',
    again: 'Noch einmal probieren',
    text: (refused, requests) =>
      requests === '1'
        ? 'Hätte die eine Anfrage abgelehnt.'
        : `Hätte ${refused} von ${requests} Anfragen abgelehnt.`,
    none: 'Keine Anfrage der letzten 7 Tage fällt darunter.',
    fine: (requests) =>
      requests === '1'
        ? 'Hätte die eine Anfrage nicht abgelehnt.'
        : `Hätte keine von ${requests} Anfragen abgelehnt.`,
    lookedAt: {
      requests: (rows) =>
        rows === '1' ? '1 protokollierte Anfrage angesehen' : `${rows} protokollierte Anfragen angesehen`,
      entries: (rows) => `${rows} Buchungen angesehen`,
      rollups: (rows) => `${rows} Zellen zu 15 Minuten angesehen`,
    },
    whole: 'alle 7 Tage',
    worst: 'Am meisten für',
  },
  preview: {
    action: 'Was würde sich ändern?',
    same: (count) => `${count} Modelle in Reichweite, wie zuvor.`,
    counts: (before, after) => `${before} → ${after} Modelle in Reichweite`,
    lost: 'Fallen weg',
    gained: 'Kommen dazu',
    inUse: (model, requests) =>
      `${model}: ${requests} ${requests === '1' ? 'Anfrage' : 'Anfragen'} in den letzten 7 Tagen`,
    more: (count) => `und ${count} weitere`,
  },
};
