/** Pure formatting, without React: usable on the server and in tests. */
export {
  formatMoney,
  formatMoneyCompact,
  formatMoneyInColumn,
  fractionDigitsOf,
  isDecimal,
  type MoneyFormat,
  type MoneyPrecision,
  placesOf,
} from './money.ts';
export { formatCount, formatDuration, formatNumber, formatPercent } from './number.ts';
export { THEME_COOKIE, type Theme, toTheme } from './theme.ts';
export {
  formatBucket,
  formatDate,
  formatDateRange,
  formatExact,
  formatRelative,
  type TimeInterval,
} from './time.ts';
