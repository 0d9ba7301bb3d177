/** What of the documentation tells of a cheaper model, of carrying over and of the operator's budget, in both languages. */
import type { Locale } from '../../../i18n/locale.ts';
import { type DocBlock, heading, text } from '../doc-block.ts';

export const budgetBlocks: Readonly<Record<Locale, readonly DocBlock[]>> = {
  en: [
    heading('cheaper', 'A cheaper model instead of a refusal'),
    text(
      'A hard budget can name a model that answers when it would refuse. It is meant for the budget of one model: the cheaper one does not count to it, so there is room. Under a budget that counts both, it takes over only as long as the cheaper request still fits. The key’s scope holds for it, and behind a credential of your own a resold model takes over only where a route allows that. Who answered stands in `x-tollgate-model`; the request’s page names the budget.',
    ),
    heading('carry-over', 'Carrying over what is left'),
    text(
      'With “Carry over what is left”, a period begins with what the one before did not spend on top of its own limit: at most the amount that you state, else at most one more limit. It is reckoned once, when the period is first used; money that comes back later is not carried over.',
    ),
    heading('resold', 'What you may spend on models of your operator'),
    text(
      'Models that your operator provides can be used without a provider of your own, up to a hard budget a month that the operator sets: “Resold models” among your [budgets](/budgets). It counts only what goes over the operator’s credentials, and nobody of your organization can change it. When it is used up, requests that only these credentials can serve are refused with `budget_exceeded`; those over credentials of your own go on. So a [provider](/providers) of your own is the way past it; or ask whoever runs this installation for more. Where it says that it rises by itself, a payment method under [billing](/settings/billing), prepaid credits or a payment raise it within a minute.',
    ),
  ],
  de: [
    heading('cheaper', 'Ein günstigeres Modell statt einer Ablehnung'),
    text(
      'Ein hartes Budget kann ein Modell nennen, das antwortet, wenn es ablehnen würde. Gedacht ist das für das Budget eines Modells: Das günstigere zählt nicht dazu, also ist Platz. Unter einem Budget, das beide zählt, springt es nur ein, solange die günstigere Anfrage noch passt. Der Geltungsbereich des Schlüssels gilt auch dafür, und hinter einem eigenen Zugang springt ein weiterverkauftes Modell nur ein, wo eine Route das erlaubt. Wer geantwortet hat, steht in `x-tollgate-model`; die Seite der Anfrage nennt das Budget.',
    ),
    heading('carry-over', 'Den Rest übertragen'),
    text(
      'Mit „Rest übertragen“ beginnt ein Zeitraum mit dem, was der vorige nicht ausgegeben hat, zusätzlich zum eigenen Limit: höchstens mit dem Betrag, den Sie nennen, sonst höchstens mit einem weiteren Limit. Berechnet wird das einmal, wenn der Zeitraum zum ersten Mal benutzt wird; Geld, das später zurückkommt, wird nicht übertragen.',
    ),
    heading('resold', 'Was Sie für Modelle Ihres Betreibers ausgeben dürfen'),
    text(
      'Modelle, die Ihr Betreiber stellt, lassen sich ohne eigenen Anbieter nutzen, bis zu einem harten Budget im Monat, das der Betreiber setzt: „Modelle des Betreibers“ unter Ihren [Budgets](/budgets). Es zählt nur, was über Zugänge des Betreibers geht, und niemand in Ihrer Organisation kann es ändern. Ist es aufgebraucht, werden Anfragen, die nur diese Zugänge bedienen, mit `budget_exceeded` abgelehnt; die über eigene Zugänge gehen weiter. Mit einem eigenen [Anbieter](/providers) kommen Sie also daran vorbei; oder bitten Sie den Betreiber dieser Installation um mehr. Wo steht, dass es von selbst steigt, heben es ein Zahlungsmittel unter [Abrechnung](/settings/billing), Guthaben oder eine Zahlung innerhalb einer Minute.',
    ),
  ],
};
