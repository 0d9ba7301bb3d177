/** Alerts as a message for Slack's incoming webhooks: blocks, and a text for notifications. */

import type { ToldAlert } from '../text/alert-mail.ts';
import { describeAlert, targetPath } from '../text/alert-text.ts';
import type { AlertWords } from '../text/alert-words.ts';
import type { Reader } from '../text/format.ts';

const MAX_BLOCKS_ALERTS = 15;
const TEXT = {
  en: {
    over: 'Over',
    open: 'Open',
    test: 'This is a test: alerts of this channel arrive here.',
    more: (n: number) => `and ${n} more`,
  },
  de: {
    over: 'Vorbei',
    open: 'Öffnen',
    test: 'Dies ist ein Test: Meldungen dieses Kanals kommen hier an.',
    more: (n: number) => `und ${n} weitere`,
  },
} as const;
const MARK: Readonly<Record<string, string>> = { critical: '🔴', warning: '🟠', info: '🔵' };

interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

export function slackMessage(alerts: readonly ToldAlert[], consoleUrl: string, reader: Reader): SlackMessage {
  const shown = alerts.slice(0, MAX_BLOCKS_ALERTS);
  const words = shown.map((alert) => [alert, describeAlert(alert, reader)] as const);
  const rest = alerts.length - shown.length;
  return {
    text: words
      .map(([, { title }]) => escapeSlack(title))
      .join('\n')
      .slice(0, 2_900),
    blocks: [
      ...words.flatMap(([alert, word]) => blocksOf(alert, word, consoleUrl, reader)),
      ...(rest > 0 ? [{ type: 'context', elements: [mrkdwn(TEXT[reader.locale].more(rest))] }] : []),
    ],
  };
}

export function slackTest(reader: Reader): SlackMessage {
  const { test } = TEXT[reader.locale];
  return { text: test, blocks: [{ type: 'section', text: mrkdwn(`:white_check_mark: ${test}`) }] };
}

function blocksOf(
  alert: ToldAlert,
  { title, sentence, facts }: AlertWords,
  consoleUrl: string,
  reader: Reader,
): unknown[] {
  const text = TEXT[reader.locale];
  const over = alert.event === 'recovered';
  const mark = over ? '🟢' : (MARK[alert.severity] ?? '');
  const head = `${mark} *${escapeSlack(over ? `${text.over}: ${title}` : title)}*`;
  const fields = facts
    .slice(0, 6)
    .map(({ label, value }) => mrkdwn(`*${escapeSlack(label)}*\n${escapeSlack(value)}`));
  return [
    {
      type: 'section',
      text: mrkdwn(over ? head : `${head}\n${escapeSlack(sentence)}`),
      accessory: {
        type: 'button',
        text: { type: 'plain_text', text: text.open },
        url: consoleUrl + targetPath(alert),
      },
    },
    ...(over || fields.length === 0 ? [] : [{ type: 'section', fields }]),
  ];
}

/** Verbatim: otherwise Slack makes links and mentions of what looks like one, in the name of a model as well. */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text: text.slice(0, 2_900), verbatim: true };
}

/** The three characters that mean something; so no name can mention a channel or hide a link. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
