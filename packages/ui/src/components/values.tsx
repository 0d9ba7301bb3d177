'use client';
/** Figures as text: money to the last digit, times relative, tokens short. The exact value is on hover. */
import { useEffect, useState } from 'react';
import { classNames } from '../class-names.ts';
import {
  formatMoney,
  formatMoneyInColumn,
  fractionDigitsOf,
  isDecimal,
  type MoneyPrecision,
} from '../format/money.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { formatExact, formatRelative } from '../format/time.ts';
import { useNowMs, useReaderTimeZone } from '../provider/first-drawing.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { Tooltip } from './tooltip.tsx';

export interface MoneyProps {
  /** Decimal US dollars as the API sends them, `"1.25"`; null shows a dash. */
  readonly value: string | null | undefined;
  /** `exact` (default) shows every digit; `cents` rounds, with the exact amount on hover. */
  readonly precision?: MoneyPrecision;
  readonly signed?: boolean;
  /** Of exact amounts in a column: how many digits the longest has after its point (`placesOf`). Points then line up. */
  readonly places?: number | undefined;
  readonly className?: string;
}

export function Money({ value, precision = 'exact', signed = false, places, className }: MoneyProps) {
  const { locale } = useUi();
  if (value === null || value === undefined) return <Dash />;
  if (!isDecimal(value)) return <span className={className}>{value}</span>;
  const digits = precision === 'cents' ? 2 : precision;
  const shortened = digits !== 'exact' && fractionDigitsOf(value) > digits;
  const text = formatMoney(value, { locale, precision, signed });
  return (
    <data
      suppressHydrationWarning
      value={value}
      title={shortened ? formatMoney(value, { locale, signed }) : undefined}
      className={classNames('tabular whitespace-nowrap', className)}
    >
      {places === undefined ? text : <InColumn value={value} places={places} signed={signed} />}
    </data>
  );
}

/** The missing digits are drawn by the style sheet: nobody hears, copies or searches them. */
function InColumn({
  value,
  places,
  signed,
}: {
  readonly value: string;
  readonly places: number;
  readonly signed: boolean;
}) {
  const { locale } = useUi();
  const { text, missing } = formatMoneyInColumn(value, places, { locale, signed });
  return (
    <>
      {text}
      {missing > 0 && (
        <span
          aria-hidden
          data-room={'0'.repeat(missing)}
          className="before:invisible before:content-[attr(data-room)]"
        />
      )}
    </>
  );
}

export function Dash() {
  return (
    <span aria-hidden className="text-ink-faint">
      –
    </span>
  );
}

export interface TimeStampProps {
  /** ISO 8601 text, a Date or milliseconds; null shows a dash. */
  readonly value: string | number | Date | null | undefined;
  /** `exact` writes date, time and zone out. */
  readonly format?: 'relative' | 'exact';
  readonly className?: string;
}

const REFRESH_MS = 30_000;

export function TimeStamp({ value, format = 'relative', className }: TimeStampProps) {
  const { locale } = useUi();
  const timeZone = useReaderTimeZone();
  const startMs = useNowMs();
  const [nowMs, setNowMs] = useState(startMs);
  useEffect(() => {
    setNowMs(Date.now());
    if (format === 'exact') return;
    const timer = setInterval(() => setNowMs(Date.now()), REFRESH_MS);
    return () => clearInterval(timer);
  }, [format]);
  if (value === null || value === undefined) return <Dash />;
  const atMs = new Date(value).getTime();
  if (Number.isNaN(atMs)) return <span className={className}>{String(value)}</span>;
  const exact = formatExact(atMs, locale, timeZone);
  const time = (
    // Server and browser may write the same time differently; the words of either will do.
    <time
      suppressHydrationWarning
      dateTime={new Date(atMs).toISOString()}
      className={classNames('tabular whitespace-nowrap', className)}
    >
      {format === 'exact' ? exact : formatRelative(atMs, nowMs, locale)}
    </time>
  );
  return format === 'exact' ? (
    time
  ) : (
    <Tooltip content={<span className="tabular">{exact}</span>}>{time}</Tooltip>
  );
}

export interface TokenCountProps {
  readonly value: number | null | undefined;
  /** Always every digit. */
  readonly full?: boolean;
  readonly className?: string;
}

export function TokenCount({ value, full = false, className }: TokenCountProps) {
  const { locale } = useUi();
  if (value === null || value === undefined) return <Dash />;
  const exact = formatNumber(value, locale);
  const text = full ? exact : formatCount(value, locale);
  return (
    <data
      suppressHydrationWarning
      value={value}
      title={text === exact ? undefined : exact}
      className={classNames('tabular whitespace-nowrap', className)}
    >
      {text}
    </data>
  );
}
