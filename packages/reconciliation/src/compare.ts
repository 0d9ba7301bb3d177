/**
 * Bill against ledger, day by day and model by model: every difference with its likely reason. Pure.
 *
 * The differences sum to the difference of the totals, whatever the reasons are: a reason explains an amount, it
 * never changes one. Rules are tried in the order of `reasonOf`; the first that fits is said.
 */
import type { BillComponent, BillLine } from './bill-line.ts';

export const DIFFERENCE_REASONS = [
  'credit',
  'tax',
  'unknown-model',
  'day-boundary',
  'late-bill',
  'late-usage',
  'unknown-price',
  'rounding',
  'batch-discount',
  'cached-tokens',
  'price-difference',
  'outside-gateway',
  'not-billed',
] as const;
export type DifferenceReason = (typeof DIFFERENCE_REASONS)[number];

/** Bill lines whose model is ours; empty: unknown. */
export interface MatchedLine extends BillLine {
  readonly model: string;
  readonly rows: number;
}

/** What the ledger has of a day and a model. */
export interface LedgerDay {
  readonly day: string;
  readonly model: string;
  readonly costPicoUsd: bigint;
  readonly entries: number;
  readonly unknownPriceEntries: number;
  /** Cost of entries that were recorded more than a day after they began. */
  readonly latePicoUsd: bigint;
  readonly batchPicoUsd: bigint;
  readonly quantities: Readonly<Partial<Record<BillComponent, bigint>>>;
  /** Price versions in use that day; more than one: a price changed. */
  readonly priceVersions: readonly string[];
}

export interface Difference {
  readonly day: string;
  readonly model: string;
  readonly reason: DifferenceReason;
  readonly billPicoUsd: bigint;
  readonly ledgerPicoUsd: bigint;
  readonly differencePicoUsd: bigint;
  readonly detail: Readonly<Record<string, string>>;
}

interface Cell {
  readonly day: string;
  readonly model: string;
  readonly providerModel: string;
  bill: bigint;
  batchBill: bigint;
  rows: number;
  readonly billQuantities: Partial<Record<BillComponent, bigint>>;
  readonly special: 'credit' | 'tax' | undefined;
  ledger: LedgerDay | undefined;
}

const PICO_PER_MICRO_USD = 1_000_000n;

/** @returns Differences by day, then model; those that are zero are none. */
export function compareBill(
  lines: readonly MatchedLine[],
  ledger: readonly LedgerDay[],
  lastDay: string,
): Difference[] {
  const cells = [...gather(lines, ledger).values()].toSorted(
    (left, right) =>
      compareText(left.day, right.day) ||
      compareText(left.model, right.model) ||
      compareText(left.providerModel, right.providerModel),
  );
  const byPlace = new Map(
    cells
      .filter(({ special, model }) => special === undefined && model !== '')
      .map((cell) => [placeOf(cell.day, cell.model), cell]),
  );
  const ratios = ratiosOf(cells);
  return cells
    .filter((cell) => differenceOf(cell) !== 0n)
    .map((cell) => {
      const { reason, detail } = reasonOf(cell, byPlace, ratios.get(cell.model), lastDay);
      return {
        day: cell.day,
        model: cell.model === '' ? cell.providerModel : cell.model,
        reason,
        billPicoUsd: cell.bill,
        ledgerPicoUsd: cell.ledger?.costPicoUsd ?? 0n,
        differencePicoUsd: differenceOf(cell),
        detail,
      };
    });
}

function gather(lines: readonly MatchedLine[], ledger: readonly LedgerDay[]): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const line of lines) {
    const special = line.component === 'credit' || line.component === 'tax' ? line.component : undefined;
    const model = special === undefined ? line.model : '';
    const providerModel = special ?? (model === '' ? line.providerModel : '');
    const key = JSON.stringify([line.day, model, providerModel, special ?? '']);
    const cell = cells.get(key) ?? newCell(line.day, model, providerModel, special);
    cells.set(key, cell);
    cell.bill += line.amountPicoUsd;
    cell.rows += line.rows;
    if (line.tier === 'batch') cell.batchBill += line.amountPicoUsd;
    cell.billQuantities[line.component] = (cell.billQuantities[line.component] ?? 0n) + line.quantity;
  }
  for (const day of ledger) {
    const key = JSON.stringify([day.day, day.model, '', '']);
    const cell = cells.get(key) ?? newCell(day.day, day.model, '', undefined);
    cells.set(key, cell);
    cell.ledger = day;
  }
  return cells;
}

function newCell(day: string, model: string, providerModel: string, special: Cell['special']): Cell {
  return {
    day,
    model,
    providerModel,
    bill: 0n,
    batchBill: 0n,
    rows: 0,
    billQuantities: {},
    special,
    ledger: undefined,
  };
}

const placeOf = (day: string, model: string): string => `${day} ${model}`;
const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const differenceOf = (cell: Cell): bigint => cell.bill - (cell.ledger?.costPicoUsd ?? 0n);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

interface Reason {
  readonly reason: DifferenceReason;
  readonly detail: Readonly<Record<string, string>>;
}

function reasonOf(
  cell: Cell,
  byPlace: ReadonlyMap<string, Cell>,
  ratio: string | undefined,
  lastDay: string,
): Reason {
  const say = (reason: DifferenceReason, detail: Record<string, string> = {}): Reason => ({ reason, detail });
  if (cell.special !== undefined) return say(cell.special);
  if (cell.model === '') return say('unknown-model', { providerModel: cell.providerModel });
  const difference = differenceOf(cell);
  const { ledger } = cell;
  if (ledger !== undefined && cell.bill !== 0n && isRounding(cell, difference))
    return say('rounding', { rows: String(cell.rows) });
  const neighbour = complementOf(cell, byPlace);
  if (neighbour !== undefined) return say('day-boundary', { otherDay: neighbour.day });
  if (cell.bill === 0n && shiftDay(lastDay, -1) <= cell.day) return say('late-bill', { lastDay });
  if (ledger !== undefined && ledger.latePicoUsd !== 0n && isNear(-difference, ledger.latePicoUsd, 50n)) {
    return say('late-usage', { latePicoUsd: String(ledger.latePicoUsd) });
  }
  if (ledger !== undefined && ledger.unknownPriceEntries > 0 && difference > 0n) {
    return say('unknown-price', { entries: String(ledger.unknownPriceEntries) });
  }
  if (ledger === undefined) return say('outside-gateway');
  if (cell.bill === 0n) return say('not-billed');
  if (isBatch(cell, difference)) return say('batch-discount');
  if (hasCacheShift(cell)) return say('cached-tokens', quantitiesOf(cell));
  if (hasSameQuantities(cell) || ratio !== undefined) {
    return say('price-difference', {
      billPerLedger: ratio ?? ratioOf(cell),
      priceVersions: ledger.priceVersions.join(' ').slice(0, 500),
    });
  }
  return say(difference > 0n ? 'outside-gateway' : 'not-billed', quantitiesOf(cell));
}

/** Providers round each row, to a millionth of a dollar or coarser; half of that per row is no difference of usage. */
function isRounding(cell: Cell, difference: bigint): boolean {
  return magnitude(difference) <= (PICO_PER_MICRO_USD / 2n) * BigInt(Math.max(cell.rows, 1));
}

/** What is too much today and too little tomorrow went over midnight: another time zone, or long requests. */
function complementOf(cell: Cell, byPlace: ReadonlyMap<string, Cell>): Cell | undefined {
  const difference = differenceOf(cell);
  return [-1, 1]
    .map((days) => byPlace.get(placeOf(shiftDay(cell.day, days), cell.model)))
    .find(
      (other) =>
        other !== undefined && differenceOf(other) !== 0n && isNear(difference, -differenceOf(other), 50n),
    );
}

/** Equal within one part in `parts`, and of one sign. */
function isNear(left: bigint, right: bigint, parts: bigint): boolean {
  return left !== 0n && left > 0n === right > 0n && magnitude(left - right) * parts <= magnitude(left);
}

/** Batches cost half: the bill knows of them and the ledger does not, or the other way round. */
function isBatch(cell: Cell, difference: bigint): boolean {
  const ledgerBatch = cell.ledger?.batchPicoUsd ?? 0n;
  if (cell.batchBill !== 0n && ledgerBatch === 0n) return isNear(-difference, cell.batchBill, 20n);
  return cell.batchBill === 0n && ledgerBatch !== 0n && isNear(difference, ledgerBatch, 20n);
}

/** As many input tokens in all, divided differently between cached and not. */
function hasCacheShift(cell: Cell): boolean {
  const ours = cell.ledger?.quantities ?? {};
  const theirs = cell.billQuantities;
  const cached = (theirs.cachedInput ?? 0n) - (ours.cachedInput ?? 0n);
  const uncached = (theirs.input ?? 0n) - (ours.input ?? 0n);
  return hasQuantities(cell) && cached !== 0n && magnitude(cached + uncached) * 50n <= magnitude(cached);
}

function hasQuantities(cell: Cell): boolean {
  return Object.values(cell.billQuantities).some((quantity) => quantity !== 0n);
}

function hasSameQuantities(cell: Cell): boolean {
  const ours = cell.ledger?.quantities ?? {};
  return (
    hasQuantities(cell) &&
    (['input', 'cachedInput', 'output'] as const).every(
      (name) => (cell.billQuantities[name] ?? 0n) === (ours[name] ?? 0n),
    )
  );
}

function quantitiesOf(cell: Cell): Record<string, string> {
  if (!hasQuantities(cell)) return {};
  const ours = cell.ledger?.quantities ?? {};
  return Object.fromEntries(
    (['input', 'cachedInput', 'output'] as const).flatMap((name) => [
      [`bill.${name}`, String(cell.billQuantities[name] ?? 0n)],
      [`ledger.${name}`, String(ours[name] ?? 0n)],
    ]),
  );
}

/** Bill per ledger with four decimals. */
function ratioOf(cell: Cell): string {
  const ledger = cell.ledger?.costPicoUsd ?? 0n;
  if (ledger === 0n) return '';
  const scaled = (cell.bill * 10_000n) / ledger;
  return `${scaled / 10_000n}.${String(magnitude(scaled % 10_000n)).padStart(4, '0')}`;
}

/** Models whose bill is the same multiple of the ledger on every one of at least two days: another price. */
function ratiosOf(cells: readonly Cell[]): ReadonlyMap<string, string> {
  const seen = new Map<string, Set<string>>();
  const days = new Map<string, number>();
  for (const cell of cells) {
    if (cell.model === '' || cell.ledger === undefined || cell.bill === 0n) continue;
    seen.set(cell.model, (seen.get(cell.model) ?? new Set()).add(ratioOf(cell).slice(0, -1)));
    days.set(cell.model, (days.get(cell.model) ?? 0) + 1);
  }
  return new Map(
    [...seen].flatMap(([model, ratios]) =>
      ratios.size === 1 && (days.get(model) ?? 0) > 1 ? [[model, [...ratios][0]!] as const] : [],
    ),
  );
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
