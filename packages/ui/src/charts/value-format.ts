/** How a chart writes its values: short on the axis, exact in the tip, the legend and the table. */
import { formatMoney, formatMoneyCompact } from '../format/money.ts';
import { formatCount, formatDuration, formatPercent } from '../format/number.ts';

export type ChartValueKind = 'money' | 'count' | 'percent' | 'duration';

export interface ValueFormat {
  readonly axis: (value: number) => string;
  /** Whether there is something between one and two: of requests there is not. */
  readonly hasFractions: boolean;
  readonly exact: (value: string | number) => string;
  /** Beside a name: money to the cent, the rest as it is. */
  readonly short: (value: string | number) => string;
}

export function valueFormat(kind: ChartValueKind, locale: string): ValueFormat {
  switch (kind) {
    case 'money':
      return {
        axis: (value) => formatMoneyCompact(String(value), locale),
        hasFractions: true,
        exact: (value) => formatMoney(String(value), { locale }),
        short: (value) => formatMoney(String(value), { locale, precision: 'cents' }),
      };
    case 'percent':
      return {
        axis: (value) => formatPercent(value, locale),
        hasFractions: true,
        exact: (value) => formatPercent(Number(value), locale),
        short: (value) => formatPercent(Number(value), locale),
      };
    case 'duration':
      return {
        axis: (value) => formatDuration(value, locale),
        hasFractions: true,
        exact: (value) => formatDuration(Number(value), locale),
        short: (value) => formatDuration(Number(value), locale),
      };
    case 'count':
      return {
        axis: (value) => formatCount(value, locale),
        hasFractions: false,
        exact: (value) => new Intl.NumberFormat(locale).format(value as Intl.StringNumericLiteral),
        short: (value) => new Intl.NumberFormat(locale).format(value as Intl.StringNumericLiteral),
      };
  }
}
