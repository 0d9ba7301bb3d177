import { type AlertWords, type DescribedAlert, words } from './alert-words.ts';
import { count, day, hour, invoiceDays, moment, money, percent, type Reader } from './format.ts';

const PERIOD: Readonly<Record<string, string>> = {
  day: 'heute',
  week: 'diese Woche',
  month: 'diesen Monat',
  lifetime: 'bisher',
};

export function german(alert: DescribedAlert, reader: Reader): AlertWords {
  const f = alert.figures;
  const name = alert.targetName === '' ? 'der Organisation' : `„${alert.targetName}“`;
  const budget: [string, string][] = [
    ['Ausgegeben', `${money(reader, f.spentUsd)} (${percent(reader, f.share)})`],
    ['Budget', money(reader, f.limitUsd)],
    ['Übrig', money(reader, f.remainingUsd)],
    ...(f.periodEnd === undefined ? [] : [['Beginnt neu', moment(reader, f.periodEnd)] as [string, string]]),
  ];
  switch (alert.kind) {
    case 'budget-threshold': {
      const gone = Number(f.level ?? '0') >= 100;
      const end = gone
        ? f.budgetKind !== 'hard'
          ? ' Es ist weich: Anfragen laufen weiter.'
          : f.counts === 'resold'
            ? ' Anfragen an Modelle des Betreibers werden abgelehnt, bis es neu beginnt oder der Betreiber es erhöht; Ihre eigenen Anbieter laufen weiter.'
            : f.standIn === undefined
              ? ' Anfragen, die es brauchen, werden abgelehnt, bis es neu beginnt oder erhöht wird.'
              : ` Stattdessen antwortet ${f.standIn}, bis es neu beginnt oder erhöht wird.`
        : '';
      return words(
        gone
          ? `Das Budget ${name} ist aufgebraucht`
          : `Das Budget ${name} hat ${percent(reader, f.level)} überschritten`,
        `${money(reader, f.spentUsd)} von ${money(reader, f.limitUsd)} sind ${PERIOD[f.period ?? ''] ?? ''} ausgegeben.${end}`,
        budget,
        'Meldet, wenn die Ausgaben einen Anteil des Budgets erreichen.',
      );
    }
    case 'budget-forecast':
      return words(
        `Das Budget ${name} ist am ${day(reader, f.goneAt)} aufgebraucht`,
        `Im Tempo seit dem ${day(reader, f.periodStart)} reicht es nicht, bis es am ${day(reader, f.periodEnd)} neu beginnt.`,
        [['Aufgebraucht', moment(reader, f.goneAt)], ...budget],
        'Meldet, wenn die Ausgaben im mittleren Tempo des Zeitraums das Budget vor dessen Ende aufbrauchen.',
      );
    case 'budget-overrun':
      return words(
        `Ein Anbieter berechnete mehr, als für ${name} zurückgelegt war`,
        `${money(reader, f.overrunUsd)} wurden über die Grenze der Anfragen hinaus gemeldet. Das ist festgehalten, wie es war, und zählt.`,
        [['Darüber', money(reader, f.overrunUsd)], ...budget],
      );
    case 'spend-anomaly':
      return words(
        `Ungewöhnliche Ausgaben: ${money(reader, f.spentUsd)} seit ${hour(reader, f.hourStart)}`,
        `Zu dieser Stunde der ${f.days} Tage davor gibt ${alert.targetKind === 'team' ? name : 'die Organisation'} üblicherweise ${money(reader, f.medianUsd)} aus. Mehr als ${money(reader, f.limitUsd)} ist ungewöhnlich.`,
        [
          ['Diese Stunde', money(reader, f.spentUsd)],
          ['Üblich (Median)', money(reader, f.medianUsd)],
          ['Übliche Streuung (MAD)', money(reader, f.spreadUsd)],
          ['Ungewöhnlich ab', money(reader, f.limitUsd)],
          ['Verglichen mit', `${f.days} Tagen`],
        ],
        `Ungewöhnlich ist, was über allen dreien liegt: Median + ${f.deviations} × 1,4826 × MAD, dem dreifachen Median und dem Median + ${money(reader, f.minimumUsd)}.`,
      );
    case 'unknown-price':
      return words(
        `Für ${alert.targetName} ist kein Preis bekannt`,
        f.requests === '1'
          ? '1 Anfrage hat keine Kosten, bis es einen Preis gibt; das nächste harte Budget auf dem Weg lehnt solche Anfragen ab.'
          : `${count(reader, f.requests)} Anfragen haben keine Kosten, bis es einen Preis gibt; das nächste harte Budget auf ihrem Weg lehnt sie ab.`,
        [
          ['Modell', f.model ?? ''],
          ['Anbieter', f.provider ?? ''],
          ['Anfragen', count(reader, f.requests)],
        ],
      );
    case 'batch-untold':
      return words(
        `Was ein Batch bei ${f.provider ?? ''} gekostet hat, ist nicht zu erfahren`,
        f.state === 'lost'
          ? 'Der Anbieter war eine Woche lang nicht zu fragen. Harte Budgets behalten, was dafür zurückgelegt war; im Journal stehen keine Kosten.'
          : 'Eine Antwort nennt keine Nutzung, oder ein Modell hat keinen Preis. Harte Budgets behalten, was dafür zurückgelegt war; im Journal stehen keine Kosten.',
        [
          ['Angelegt', moment(reader, f.startedAt)],
          ['Anbieter', f.provider ?? ''],
          ['Anfrage', f.requestId ?? ''],
        ],
      );
    case 'credits-low':
      return words('Das Guthaben ist niedrig', `${money(reader, f.availableUsd)} sind übrig.`, [
        ['Guthaben', money(reader, f.availableUsd)],
        ...(f.thresholdUsd === undefined
          ? []
          : [['Warnt unter', money(reader, f.thresholdUsd)] as [string, string]]),
      ]);
    case 'credential-failing':
      return words(
        `Der Anbieter lehnt die Zugangsdaten ${name} ab`,
        `Anfragen damit schlagen fehl, zuletzt ${moment(reader, f.lastRejectedAt)}. Testen Sie sie und ersetzen Sie den Schlüssel.`,
        [
          ['Anbieter', f.provider ?? ''],
          ['Abgelehnt', count(reader, f.rejected)],
        ],
      );
    case 'late-usage':
      return words(
        `Späte Nutzung zur Rechnung ${f.invoiceNumber ?? ''}`,
        `${f.entries === '1' ? '1 Eintrag kam' : `${count(reader, f.entries)} Einträge kamen`} nach dem Abschluss. Die Rechnung bleibt, wie sie ist; eine Korrektur über ${money(reader, f.amountUsd)} vor Guthaben und Steuern wartet darauf, ausgestellt zu werden.`,
        [
          ['Vor Guthaben und Steuern', money(reader, f.amountUsd)],
          ['Einträge', count(reader, f.entries)],
        ],
      );
    case 'invoice-finalized':
    case 'invoice-paid':
    case 'invoice-failed': {
      const title = {
        'invoice-finalized': `Rechnung ${f.number ?? ''} ist abgeschlossen`,
        'invoice-paid': `Rechnung ${f.number ?? ''} ist bezahlt`,
        'invoice-failed': `Die Zahlung der Rechnung ${f.number ?? ''} ist fehlgeschlagen`,
      }[alert.kind];
      const { first, last, due } = invoiceDays(reader, f);
      return words(title, `${money(reader, f.totalUsd)} für ${first} bis ${last}.`, [
        ['Summe', money(reader, f.totalUsd)],
        ...(f.dueAt === undefined ? [] : [['Fällig', due] as [string, string]]),
        ...(f.livemode === 'false' ? [['Modus', 'TEST'] as [string, string]] : []),
      ]);
    }
    case 'key-expiring':
      return words(
        `Der Schlüssel ${name} endet am ${day(reader, f.expiresAt)}`,
        `Ab ${moment(reader, f.expiresAt)} wird er abgelehnt. Geben Sie ihm ein späteres Ende oder einen anderen Schlüssel.`,
        [['Endet', moment(reader, f.expiresAt)]],
      );
    default:
      return words(alert.kind, '', []);
  }
}
