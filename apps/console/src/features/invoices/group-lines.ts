/** Lines of an invoice as people read them: by team and cost centre, then model. Pure; sums are exact. */
import type { InvoiceLine } from '@tollgate/api';
import { addDecimals } from '@tollgate/ui/charts';

export interface ModelGroup {
  readonly key: string;
  readonly model: string;
  readonly provider: string;
  readonly lines: readonly InvoiceLine[];
  readonly amountUsd: string;
}

export interface LineGroup {
  readonly key: string;
  readonly kind: 'usage' | 'fee' | 'credit';
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly models: readonly ModelGroup[];
  readonly amountUsd: string;
}

/** Order of appearance is kept: the API sorts by team, cost centre, model. */
export function groupLines(lines: readonly InvoiceLine[]): readonly LineGroup[] {
  return groupBy(lines, keyOfGroup).map(([key, members]) => {
    const [first] = members as [InvoiceLine];
    return {
      key,
      kind: first.kind === 'fee' || first.kind === 'credit' ? first.kind : 'usage',
      teamId: first.teamId,
      teamName: first.teamName,
      costCenter: first.costCenter,
      models: groupBy(members, (line) => `${line.provider}/${line.model}`).map(([model, modelLines]) => ({
        key: model,
        model: modelLines[0]?.model ?? '',
        provider: modelLines[0]?.provider ?? '',
        lines: modelLines,
        amountUsd: sumOf(modelLines),
      })),
      amountUsd: sumOf(members),
    };
  });
}

export function sumOf(lines: readonly { readonly amountUsd: string }[]): string {
  return addDecimals(lines.map((line) => line.amountUsd));
}

/** Whether two decimals are the same amount, however they are written: `1.50` and `1.5`. */
export function isSameAmount(left: string, right: string): boolean {
  return addDecimals([left]) === addDecimals([right]);
}

/** `0.0000025` → `2.5`: moves the point, computes nothing. */
export function perMillion(unitPriceUsd: string): string {
  const negative = unitPriceUsd.startsWith('-');
  const [whole = '0', fraction = ''] = unitPriceUsd.replace('-', '').split('.');
  const digits = fraction.padEnd(6, '0');
  const text = addDecimals([`${whole}${digits.slice(0, 6)}.${digits.slice(6) || '0'}`]);
  return negative && text !== '0' ? `-${text}` : text;
}

/** Tokens are priced by the million; requests, images and named units one by one. */
export function isTokenComponent(component: string): boolean {
  return component !== '' && !/^(request$|adjustment$|image:|unit:)/.test(component);
}

const keyOfGroup = (line: InvoiceLine): string =>
  line.kind === 'usage' ? JSON.stringify([line.teamId, line.costCenter]) : line.kind;

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}
