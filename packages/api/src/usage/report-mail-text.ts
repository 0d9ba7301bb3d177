/** What a report of a month says as a mail, in the reader's language. Pure. */
import { type MailText, toMailLocale } from '@tollgate/mail';
import { formatUsd, picoUsdSum } from '@tollgate/money';

export interface ReportGroup {
  readonly name: string;
  readonly spentPicoUsd: bigint;
  /** In the month before; undefined: nothing. */
  readonly beforePicoUsd: bigint | undefined;
}

export interface MonthReport {
  readonly reportName: string;
  readonly organizationName: string;
  readonly month: Date;
  readonly timeZone: string;
  readonly requests: bigint;
  readonly tokens: bigint;
  readonly spentPicoUsd: bigint;
  readonly beforePicoUsd: bigint;
  /** The largest first. */
  readonly groups: readonly ReportGroup[];
  /** Besides those. */
  readonly otherGroups: number;
  readonly link: string;
  readonly settingsLink: string;
}

const TAG = { en: 'en-US', de: 'de-DE' } as const;

const TEXT = {
  en: {
    subject: (name: string, month: string) => `${name}: ${month}`,
    line: (month: string, zone: string, spent: string, before: string) =>
      `In ${month} (${zone}) ${spent} was spent, after ${before} in the month before.`,
    nothing: (month: string, zone: string) => `In ${month} (${zone}) nothing was used.`,
    total: 'Spend',
    change: 'Against the month before',
    requests: 'Requests',
    tokens: 'Tokens',
    none: 'No value',
    other: (count: string) => `and ${count} more`,
    otherText: 'In the report',
    button: 'Open the report',
    footer: 'You get this because you are among the recipients of this report.',
    settings: 'Change who gets it',
    fresh: 'new',
  },
  de: {
    subject: (name: string, month: string) => `${name}: ${month}`,
    line: (month: string, zone: string, spent: string, before: string) =>
      `Im ${month} (${zone}) wurden ${spent} ausgegeben, nach ${before} im Monat davor.`,
    nothing: (month: string, zone: string) => `Im ${month} (${zone}) gab es keine Nutzung.`,
    total: 'Ausgaben',
    change: 'Gegenüber dem Vormonat',
    requests: 'Anfragen',
    tokens: 'Tokens',
    none: 'Ohne Wert',
    other: (count: string) => `und ${count} weitere`,
    otherText: 'Im Bericht',
    button: 'Bericht öffnen',
    footer: 'Sie erhalten dies, weil Sie zu den Empfängern dieses Berichts gehören.',
    settings: 'Empfänger ändern',
    fresh: 'neu',
  },
} as const;

/** @param locale Of the reader. */
export function reportMail(report: MonthReport, locale: string): MailText {
  const language = toMailLocale(locale);
  const text = TEXT[language];
  const tag = TAG[language];
  const usd = (picoUsd: bigint) =>
    new Intl.NumberFormat(tag, { style: 'currency', currency: 'USD' }).format(
      formatUsd(picoUsdSum(picoUsd)) as Intl.StringNumericLiteral,
    );
  const count = (value: bigint | number) => new Intl.NumberFormat(tag).format(value);
  const month = new Intl.DateTimeFormat(tag, {
    month: 'long',
    year: 'numeric',
    timeZone: report.timeZone,
  }).format(report.month);
  const change = (now: bigint, before: bigint | undefined): string => {
    if (before === undefined || before <= 0n) return now === 0n ? '–' : text.fresh;
    // Thousandths as an integer: a share needs no more, and no float sees the money.
    const thousandths = Number(((now - before) * 1_000n) / before);
    return new Intl.NumberFormat(tag, {
      style: 'percent',
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(thousandths / 1_000);
  };
  const { spentPicoUsd, beforePicoUsd, requests } = report;
  const isEmpty = requests === 0n && spentPicoUsd === 0n;
  return {
    subject: text.subject(report.reportName, month),
    organizationName: report.organizationName,
    heading: text.subject(report.reportName, month),
    lines: [
      isEmpty
        ? text.nothing(month, report.timeZone)
        : text.line(month, report.timeZone, usd(spentPicoUsd), usd(beforePicoUsd)),
    ],
    facts: [
      { label: text.total, value: usd(spentPicoUsd) },
      { label: text.change, value: change(spentPicoUsd, beforePicoUsd) },
      { label: text.requests, value: count(requests) },
      { label: text.tokens, value: count(report.tokens) },
      ...report.groups.map(({ name, spentPicoUsd: spent, beforePicoUsd: before }) => ({
        label: name === '' ? text.none : name,
        value: `${usd(spent)} (${change(spent, before)})`,
      })),
      ...(report.otherGroups === 0
        ? []
        : [{ label: text.other(count(report.otherGroups)), value: text.otherText }]),
    ],
    button: text.button,
    link: report.link,
    showLink: false,
    footer: text.footer,
    footerLink: { label: text.settings, href: report.settingsLink },
  };
}
