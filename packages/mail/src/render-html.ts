/**
 * The HTML of a mail: slots of the compiled layout, filled with escaped text.
 *
 * The layout comes from MJML (tables for mail clients that know nothing else, light and dark). Nothing that anybody
 * typed reaches it unescaped.
 */
import { escapeHtml } from './escape-html.ts';
import { LAYOUT } from './layout/layout.ts';
import type { MailLocale, MailText } from './mail-text.ts';

/** Where the accent is not meant: what colour says at first sight. */
const TONE_COLOR = {
  neutral: '#2f45c5',
  positive: '#1d7a46',
  warning: '#b7791f',
  critical: '#c0362c',
} as const;

export function renderHtml(language: MailLocale, text: MailText): string {
  const { organizationName, heading, facts = [], items = [] } = text;
  const parts = {
    heading: heading !== undefined,
    facts: facts.length > 0,
    items: items.length > 0,
    showLink: text.showLink !== false,
  };
  const slots: Readonly<Record<string, string>> = {
    language,
    subject: escapeHtml(text.subject),
    preheader: escapeHtml(text.lines[0] ?? text.subject),
    organization: organizationName === undefined ? '' : ` · ${escapeHtml(organizationName)}`,
    toneColor: TONE_COLOR[text.tone ?? 'neutral'],
    heading: escapeHtml(heading ?? ''),
    lines: text.lines.map((line) => `<p style="margin:0 0 12px">${escapeHtml(line)}</p>`).join(''),
    facts: facts.map(renderFact).join(''),
    items: items.map(renderItem).join(''),
    link: escapeHtml(text.link),
    button: escapeHtml(text.button),
    footer: renderFooter(text),
  };
  let html = LAYOUT;
  for (const [name, shown] of Object.entries(parts)) html = keepPart(html, name, shown);
  // One pass, so that text that looks like a slot stays text.
  return html.replaceAll(/\{\{(\w+)\}\}/g, (slot, name: string) => slots[name] ?? slot);
}

function keepPart(html: string, name: string, shown: boolean): string {
  const [start, end] = [`<!-- if ${name} -->`, `<!-- end ${name} -->`];
  if (shown) return html.replace(start, '').replace(end, '');
  const from = html.indexOf(start);
  return html.slice(0, from) + html.slice(html.indexOf(end) + end.length);
}

function renderFact({ label, value }: { readonly label: string; readonly value: string }): string {
  return `<tr><td class="tg-label" style="padding:8px 12px 8px 0;border-bottom:1px solid #e4e6ea;color:#5a626d;vertical-align:top">${escapeHtml(label)}</td><td style="padding:8px 0;border-bottom:1px solid #e4e6ea;text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`;
}

function renderItem({
  title,
  text,
  link,
}: {
  readonly title: string;
  readonly text: string;
  readonly link: string;
}): string {
  return `<div class="tg-item" style="padding:12px 0;border-bottom:1px solid #e4e6ea"><a href="${escapeHtml(link)}" style="font-weight:600">${escapeHtml(title)}</a><br><span>${escapeHtml(text)}</span></div>`;
}

function renderFooter({ footer, footerLink }: MailText): string {
  if (footerLink === undefined) return escapeHtml(footer);
  return `${escapeHtml(footer)} <a href="${escapeHtml(footerLink.href)}">${escapeHtml(footerLink.label)}</a>`;
}
