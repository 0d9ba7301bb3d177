/**
 * An invoice's exact lines as the whole cents that Stripe takes: one line per team and cost centre, each fee and
 * credit, each tax. By largest remainder, so that they sum to the total to the cent. The detail is in our own documents.
 */
import {
  allocateCentsByLargestRemainder,
  type PicoUsdSum,
  picoUsdSum,
  sumPicoUsd,
  toCents,
} from '@tollgate/money';
import type { FrozenInvoice, FrozenLine } from '../lifecycle/frozen-invoice.ts';

export interface StripeLine {
  readonly description: string;
  readonly cents: number;
}

/** Stripe takes 250 lines; organizations have thousands of models and teams. */
const MOST_USAGE_LINES = 100;
const MAX_DESCRIPTION_LENGTH = 250;

/** @throws {RangeError} The lines do not sum to the total: the frozen content is damaged. */
export function toStripeLines(invoice: FrozenInvoice): StripeLine[] {
  const exact = [
    ...usageGroups(invoice.lines.filter(({ kind }) => kind === 'usage')),
    ...invoice.lines.filter(({ kind }) => kind !== 'usage').map(toExact),
  ];
  const cents = allocateCentsByLargestRemainder(exact.map(({ amount }) => amount));
  const lines = [
    ...exact.map(({ description }, index) => ({ description, cents: Number(cents[index]) })),
    ...invoice.taxes.map(({ name, rateBasisPoints, amountPicoUsd }) => ({
      description: `${name} ${rateBasisPoints / 100} %`,
      cents: Number(toCents(picoUsdSum(BigInt(amountPicoUsd)))),
    })),
  ];
  const sum = lines.reduce((total, line) => total + line.cents, 0);
  const total = totalCents(invoice);
  if (sum !== total)
    throw new RangeError(`Cannot make lines for Stripe: they must sum to ${total}, got ${sum}`);
  return lines
    .filter((line) => line.cents !== 0)
    .map((line) => ({ ...line, description: line.description.slice(0, MAX_DESCRIPTION_LENGTH) }));
}

export function totalCents({ totalPicoUsd }: Pick<FrozenInvoice, 'totalPicoUsd'>): number {
  return Number(toCents(picoUsdSum(BigInt(totalPicoUsd))));
}

interface ExactLine {
  readonly description: string;
  readonly amount: PicoUsdSum;
}

const toExact = ({ description, component, amountPicoUsd }: FrozenLine): ExactLine => ({
  description: description || component,
  amount: picoUsdSum(BigInt(amountPicoUsd)),
});

function usageGroups(lines: readonly FrozenLine[]): ExactLine[] {
  const groups = new Map<string, { description: string; amounts: PicoUsdSum[] }>();
  for (const line of lines) {
    const name = `${line.teamId}\n${line.costCenter}`;
    const group = groups.get(name) ?? { description: describeGroup(line), amounts: [] };
    group.amounts.push(picoUsdSum(BigInt(line.amountPicoUsd)));
    groups.set(name, group);
  }
  const sums = [...groups.values()].map(({ description, amounts }) => ({
    description,
    amount: sumPicoUsd(amounts),
  }));
  if (sums.length <= MOST_USAGE_LINES) return sums;
  const bySize = sums.toSorted((left, right) => (left.amount < right.amount ? 1 : -1));
  const rest = bySize.slice(MOST_USAGE_LINES - 1);
  return [
    ...bySize.slice(0, MOST_USAGE_LINES - 1),
    {
      description: `Usage of ${rest.length} more groups`,
      amount: sumPicoUsd(rest.map(({ amount }) => amount)),
    },
  ];
}

function describeGroup({ teamId, teamName, costCenter }: FrozenLine): string {
  const team = teamName || teamId;
  const parts = [team === '' ? 'Usage' : `Usage of ${team}`, ...(costCenter === '' ? [] : [costCenter])];
  return parts.join(', ');
}
