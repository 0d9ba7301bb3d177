/**
 * The mailbox's pages as HTML. Everything a mail says is escaped; its own HTML is shown in a sandbox only.
 */
import type { StoredMail } from './mail-store.ts';

/** Markup that is safe to send: escaped text and our own tags. */
export type Html = string & { readonly __html: true };

/** Tagged template: what is put in is escaped, unless it is Html already made here. */
export function html(parts: TemplateStringsArray, ...values: (string | number | HtmlPart)[]): Html {
  const text = parts.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (typeof value === 'object' ? value.html : escapeHtml(String(value)));
  });
  return text.join('') as Html;
}

type HtmlPart = { readonly html: Html };

export function renderList(mails: readonly StoredMail[], { to, nonce }: { to: string; nonce: string }): Html {
  const rows = mails.map((mail) => renderRow(mail));
  const empty = html`<p class="empty">${to === '' ? 'No mail yet.' : `No mail to ${to} yet.`}
    <span>Whatever Tollgate sends on this machine lands here and goes nowhere else.</span></p>`;
  const body = html`
    <header><h1><a href="/">Mailbox</a></h1>
      <form role="search"><input type="search" name="to" value="${to}" placeholder="Recipient" aria-label="Recipient"></form>
    </header>
    <main>${{ html: mails.length === 0 ? empty : html`<ul class="mails">${join(rows)}</ul>` }}</main>`;
  return renderPage('Mailbox', body, nonce, RELOAD_SCRIPT);
}

export function renderMail(mail: StoredMail, nonce: string): Html {
  const content =
    mail.html === ''
      ? html`<pre>${mail.text}</pre>`
      : html`<iframe title="Mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${mail.id}/html"></iframe>
        <details><summary>Plain text</summary><pre>${mail.text}</pre></details>`;
  const attachments = mail.attachments.map(
    ({ name, mimeType, bytes }) =>
      html`<li>${name || 'unnamed'} <span>${mimeType}, ${bytes} bytes</span></li>`,
  );
  const body = html`
    <header><h1><a href="/">Mailbox</a></h1></header>
    <main>
      <h2>${mail.subject || '(no subject)'}</h2>
      <dl><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to.join(', ')}</dd>
        <dt>Received</dt><dd>${{ html: renderTime(mail.receivedAt) }}</dd></dl>
      ${{ html: attachments.length === 0 ? html`` : html`<ul class="attachments">${join(attachments)}</ul>` }}
      ${{ html: content }}
    </main>`;
  return renderPage(mail.subject || 'Mail', body, nonce, '');
}

/** The mail's own document. Links open outside the frame; scripts and remote content are the sandbox's to stop. */
export function renderMailDocument(mail: StoredMail): string {
  return `<base target="_blank">${mail.html}`;
}

function renderRow(mail: StoredMail): Html {
  return html`<li><a href="/messages/${mail.id}">
    <span class="subject">${mail.subject || '(no subject)'}</span>
    <span class="to">${mail.to.join(', ')}</span>${{ html: renderTime(mail.receivedAt) }}
    <span class="preview">${mail.text.slice(0, 160)}</span></a></li>`;
}

function renderTime(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

function renderPage(title: string, body: Html, nonce: string, script: string): Html {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style nonce="${nonce}">${{ html: STYLE as Html }}</style></head>
<body>${{ html: body }}<script nonce="${nonce}">${{ html: script as Html }}</script></body></html>`;
}

function join(parts: readonly Html[]): HtmlPart {
  return { html: parts.join('') as Html };
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const RELOAD_SCRIPT = `new EventSource('/events').addEventListener('change', () => location.reload());`;

const STYLE = `
:root { color-scheme: light dark; --text: light-dark(#16181d, #e8eaee); --quiet: light-dark(#5a6070, #a0a6b4);
  --line: light-dark(#e3e5ea, #2a2e37); --ground: light-dark(#ffffff, #12141a); --hover: light-dark(#f4f5f8, #1a1d25);
  --accent: light-dark(#2f5bd8, #8fb0ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap;
  padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.125rem; margin: 0; } h1 a { color: inherit; text-decoration: none; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 1.5rem 0 .75rem; overflow-wrap: anywhere; }
input { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px;
  padding: .35rem .6rem; width: min(18rem, 80vw); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.mails, .attachments { list-style: none; margin: 0; padding: 0; }
.mails li { border-bottom: 1px solid var(--line); }
.mails a { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .75rem .5rem; color: inherit;
  text-decoration: none; } .mails a:hover { background: var(--hover); }
.subject { font-weight: 600; overflow-wrap: anywhere; }
.to { grid-row: 2; } time { font-variant-numeric: tabular-nums; }
.to, .preview, time, dt, .attachments span, .empty span { color: var(--quiet); }
.preview { grid-column: 1 / -1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.empty { padding: 4rem 0; text-align: center; } .empty span { display: block; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 1rem; } dd { margin: 0;
  overflow-wrap: anywhere; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: 8px; background: #fff;
  color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.55 ui-monospace, monospace; }
summary { cursor: pointer; color: var(--quiet); padding: .5rem 0; }`;
