/** Alerts as a mail: one in full, or several as a list. */
import type { MailText, MailTone } from '@tollgate/mail';
import { describeAlert, targetPath } from './alert-text.ts';
import type { DescribedAlert } from './alert-words.ts';
import type { Reader } from './format.ts';

export interface ToldAlert extends DescribedAlert {
  /** fired, recovered */
  readonly event: string;
}

interface MailFrame {
  readonly organizationName: string;
  readonly consoleUrl: string;
  /** Why several come together. */
  readonly heldFor: string;
}

const TEXT = {
  en: {
    recovered: (title: string) => `Over: ${title}`,
    recoveredLine: 'This is over. Nothing needs to be done.',
    summary: (count: number) => `${count} alerts`,
    summaryLine: { quiet: 'While it was quiet:', digest: 'Since the last summary:', '': 'At the same time:' },
    endedSince: 'over since',
    open: {
      budget: 'Open the budget',
      key: 'Open the key',
      invoice: 'Open the invoice',
      providerCredential: 'Open providers',
      model: 'See the requests',
    } as Readonly<Record<string, string>>,
    openOther: 'Open in Tollgate',
    openAll: 'Open alerts',
    footer: 'You get this because you are among the recipients of an alert rule.',
    settings: 'Change what is told to whom',
    test: 'This is a test',
    testLine: 'Alerts of this channel arrive here.',
  },
  de: {
    recovered: (title: string) => `Vorbei: ${title}`,
    recoveredLine: 'Das ist vorbei. Es ist nichts zu tun.',
    summary: (count: number) => `${count} Meldungen`,
    summaryLine: {
      quiet: 'Während der Ruhezeit:',
      digest: 'Seit der letzten Zusammenfassung:',
      '': 'Zur gleichen Zeit:',
    },
    endedSince: 'seither vorbei',
    open: {
      budget: 'Budget öffnen',
      key: 'Schlüssel öffnen',
      invoice: 'Rechnung öffnen',
      providerCredential: 'Anbieter öffnen',
      model: 'Anfragen ansehen',
    } as Readonly<Record<string, string>>,
    openOther: 'In Tollgate öffnen',
    openAll: 'Meldungen öffnen',
    footer: 'Sie erhalten dies, weil Sie zu den Empfängern einer Meldungsregel gehören.',
    settings: 'Ändern, wer was erfährt',
    test: 'Dies ist ein Test',
    testLine: 'Meldungen dieses Kanals kommen hier an.',
  },
} as const;

export function alertMail(alerts: readonly ToldAlert[], frame: MailFrame, reader: Reader): MailText {
  const [only] = alerts;
  return alerts.length === 1 && only !== undefined
    ? single(only, frame, reader)
    : summary(alerts, frame, reader);
}

function single(alert: ToldAlert, { organizationName, consoleUrl }: MailFrame, reader: Reader): MailText {
  const text = TEXT[reader.locale];
  const { title, sentence, facts, rule } = describeAlert(alert, reader);
  const over = alert.event === 'recovered';
  return {
    subject: over ? text.recovered(title) : title,
    tone: over ? 'positive' : toneOf(alert.severity),
    organizationName,
    heading: over ? text.recovered(title) : title,
    lines: over ? [text.recoveredLine] : [sentence, ...(alert.kind === 'spend-anomaly' ? [rule] : [])],
    facts,
    button: text.open[alert.targetKind] ?? text.openOther,
    link: consoleUrl + targetPath(alert),
    showLink: false,
    ...footerOf(reader, consoleUrl),
  };
}

function summary(alerts: readonly ToldAlert[], frame: MailFrame, reader: Reader): MailText {
  const text = TEXT[reader.locale];
  const why = text.summaryLine[frame.heldFor === 'quiet' || frame.heldFor === 'digest' ? frame.heldFor : ''];
  return {
    subject: text.summary(alerts.length),
    tone: toneOf(worst(alerts)),
    organizationName: frame.organizationName,
    heading: text.summary(alerts.length),
    lines: [why],
    items: alerts.map((alert) => {
      const { title, sentence } = describeAlert(alert, reader);
      const over = alert.event === 'recovered' || alert.state === 'recovered';
      return {
        title: over && !isNotice(alert.kind) ? `${title} (${text.endedSince})` : title,
        text: sentence,
        link: frame.consoleUrl + targetPath(alert),
      };
    }),
    button: text.openAll,
    link: `${frame.consoleUrl}/alerts`,
    showLink: false,
    ...footerOf(reader, frame.consoleUrl),
  };
}

export function testMail({ organizationName, consoleUrl }: MailFrame, reader: Reader): MailText {
  const text = TEXT[reader.locale];
  return {
    subject: text.test,
    organizationName,
    heading: text.test,
    lines: [text.testLine],
    button: text.openAll,
    link: `${consoleUrl}/alerts`,
    showLink: false,
    ...footerOf(reader, consoleUrl),
  };
}

function footerOf(reader: Reader, consoleUrl: string): Pick<MailText, 'footer' | 'footerLink'> {
  const { footer, settings } = TEXT[reader.locale];
  return { footer, footerLink: { label: settings, href: `${consoleUrl}/alerts?tab=rules` } };
}

/** Events that have no end of their own. */
function isNotice(kind: string): boolean {
  return kind === 'invoice-finalized' || kind === 'invoice-paid';
}

function worst(alerts: readonly ToldAlert[]): string {
  return (
    ['critical', 'warning'].find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'info'
  );
}

function toneOf(severity: string): MailTone {
  return severity === 'critical' || severity === 'warning' ? severity : 'neutral';
}
