import { type AlertWords, type DescribedAlert, words } from './alert-words.ts';
import { count, day, hour, invoiceDays, moment, money, percent, type Reader } from './format.ts';

const PERIOD: Readonly<Record<string, string>> = {
  day: 'today',
  week: 'this week',
  month: 'this month',
  lifetime: 'so far',
};

export function english(alert: DescribedAlert, reader: Reader): AlertWords {
  const f = alert.figures;
  const name = alert.targetName === '' ? 'the organization' : `“${alert.targetName}”`;
  const budget: [string, string][] = [
    ['Spent', `${money(reader, f.spentUsd)} (${percent(reader, f.share)})`],
    ['Budget', money(reader, f.limitUsd)],
    ['Left', money(reader, f.remainingUsd)],
    ...(f.periodEnd === undefined ? [] : [['Resets', moment(reader, f.periodEnd)] as [string, string]]),
  ];
  switch (alert.kind) {
    case 'budget-threshold': {
      const gone = Number(f.level ?? '0') >= 100;
      const end = gone
        ? f.budgetKind !== 'hard'
          ? ' It is soft: requests go on.'
          : f.counts === 'resold'
            ? ' Requests to the operator’s models are refused until it resets or the operator raises it; your own providers go on.'
            : f.standIn === undefined
              ? ' Requests that need it are refused until it resets or is raised.'
              : ` ${f.standIn} answers instead until it resets or is raised.`
        : '';
      return words(
        gone
          ? `The budget of ${name} is used up`
          : `The budget of ${name} has passed ${percent(reader, f.level)}`,
        `${money(reader, f.spentUsd)} of ${money(reader, f.limitUsd)} are spent ${PERIOD[f.period ?? ''] ?? ''}.${end}`,
        budget,
        'Fires when what is spent reaches a share of the budget.',
      );
    }
    case 'budget-forecast':
      return words(
        `The budget of ${name} will be used up on ${day(reader, f.goneAt)}`,
        `At the rate since ${day(reader, f.periodStart)} it is gone before it resets on ${day(reader, f.periodEnd)}.`,
        [['Gone at', moment(reader, f.goneAt)], ...budget],
        'Fires when spending at the average rate of the period would use the budget up before it resets.',
      );
    case 'budget-overrun':
      return words(
        `A provider charged more than ${name} had held`,
        `${money(reader, f.overrunUsd)} were reported beyond what requests could be bounded to. It is recorded as it was, and counts.`,
        [['Beyond', money(reader, f.overrunUsd)], ...budget],
      );
    case 'spend-anomaly':
      return words(
        `Unusual spend: ${money(reader, f.spentUsd)} since ${hour(reader, f.hourStart)}`,
        `At this hour of the ${f.days} days before, ${alert.targetKind === 'team' ? name : 'the organization'} usually spends ${money(reader, f.medianUsd)}. More than ${money(reader, f.limitUsd)} is unusual.`,
        [
          ['This hour', money(reader, f.spentUsd)],
          ['Usual (median)', money(reader, f.medianUsd)],
          ['Usual spread (MAD)', money(reader, f.spreadUsd)],
          ['Unusual from', money(reader, f.limitUsd)],
          ['Compared with', `${f.days} days`],
        ],
        `Unusual is what lies above all three: median + ${f.deviations} × 1.4826 × MAD, three times the median, and the median + ${money(reader, f.minimumUsd)}.`,
      );
    case 'unknown-price':
      return words(
        `No price is known for ${alert.targetName}`,
        f.requests === '1'
          ? '1 request has no cost until it has a price; the next hard budget in the way refuses such requests.'
          : `${count(reader, f.requests)} requests have no cost until it has a price; the next hard budget in their way refuses them.`,
        [
          ['Model', f.model ?? ''],
          ['Provider', f.provider ?? ''],
          ['Requests', count(reader, f.requests)],
        ],
      );
    case 'batch-untold':
      return words(
        `What a batch cost at ${f.provider ?? ''} could not be found out`,
        f.state === 'lost'
          ? 'The provider could not be asked for a week. Hard budgets keep what was held for it; the ledger has no cost.'
          : 'An answer told no usage, or a model has no price. Hard budgets keep what was held for it; the ledger has no cost.',
        [
          ['Made', moment(reader, f.startedAt)],
          ['Provider', f.provider ?? ''],
          ['Request', f.requestId ?? ''],
        ],
      );
    case 'credits-low':
      return words('The prepaid balance is low', `${money(reader, f.availableUsd)} are left.`, [
        ['Balance', money(reader, f.availableUsd)],
        ...(f.thresholdUsd === undefined
          ? []
          : [['Warns below', money(reader, f.thresholdUsd)] as [string, string]]),
      ]);
    case 'credential-failing':
      return words(
        `The provider refuses the credential ${name}`,
        `Requests that use it fail, last at ${moment(reader, f.lastRejectedAt)}. Test it and replace its key.`,
        [
          ['Provider', f.provider ?? ''],
          ['Refused', count(reader, f.rejected)],
        ],
      );
    case 'late-usage':
      return words(
        `Late usage for invoice ${f.invoiceNumber ?? ''}`,
        `${f.entries === '1' ? '1 entry' : `${count(reader, f.entries)} entries`} came after it was finalized. The invoice stays as it is; a note waits to be issued, over ${money(reader, f.amountUsd)} before credits and tax.`,
        [
          ['Before credits and tax', money(reader, f.amountUsd)],
          ['Entries', count(reader, f.entries)],
        ],
      );
    case 'invoice-finalized':
    case 'invoice-paid':
    case 'invoice-failed': {
      const title = {
        'invoice-finalized': `Invoice ${f.number ?? ''} is final`,
        'invoice-paid': `Invoice ${f.number ?? ''} is paid`,
        'invoice-failed': `The payment of invoice ${f.number ?? ''} failed`,
      }[alert.kind];
      const { first, last, due } = invoiceDays(reader, f);
      return words(title, `${money(reader, f.totalUsd)} for ${first} to ${last}.`, [
        ['Total', money(reader, f.totalUsd)],
        ...(f.dueAt === undefined ? [] : [['Due', due] as [string, string]]),
        ...(f.livemode === 'false' ? [['Mode', 'TEST'] as [string, string]] : []),
      ]);
    }
    case 'key-expiring':
      return words(
        `The key ${name} ends on ${day(reader, f.expiresAt)}`,
        `From ${moment(reader, f.expiresAt)} on it is refused. Give it a later end or another key.`,
        [['Ends', moment(reader, f.expiresAt)]],
      );
    default:
      return words(alert.kind, '', []);
  }
}
