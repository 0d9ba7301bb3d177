import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, type MailTemplate, renderMail } from './index.ts';

const HOSTILE = `<script>alert(1)</script>"'&`;
const DATA = {
  'verify-email': { name: HOSTILE, link: 'https://console.example/verify-email#token=x' },
  'reset-password': { name: HOSTILE, link: 'https://console.example/reset-password#token=x' },
  'password-changed': {
    name: HOSTILE,
    link: 'https://console.example/sign-in',
    keepsSession: true,
  },
  'security-changed': {
    name: HOSTILE,
    change: 'passkey-added',
    detail: HOSTILE,
    link: 'https://console.example/settings/security',
  },
  'domain-lost': {
    name: HOSTILE,
    domain: HOSTILE,
    link: 'https://console.example/settings/single-sign-on',
  },
  'confirm-email': {
    name: HOSTILE,
    email: HOSTILE,
    link: 'https://console.example/confirm-email#token=x',
  },
  'email-changed': {
    name: HOSTILE,
    email: HOSTILE,
    link: 'https://console.example/undo-email-change#token=x',
  },
  invitation: {
    inviterName: HOSTILE,
    organizationName: HOSTILE,
    link: 'https://console.example/invitation#token=x',
  },
  invoice: {
    organizationId: 'org_1',
    invoiceId: 'inv_1',
    organizationName: HOSTILE,
    number: `TG-${HOSTILE}`,
    amount: HOSTILE,
    dueOn: '2026-12-31',
    link: 'https://console.example/invoices/inv_1',
  },
  'invoice-overdue': {
    number: `TG-${HOSTILE}`,
    amount: HOSTILE,
    dueOn: '2026-12-31',
    step: 'stop',
    link: 'https://console.example/invoices/inv_1',
  },
  notice: {
    subject: `Budget ${HOSTILE}`,
    tone: 'critical',
    organizationName: HOSTILE,
    heading: HOSTILE,
    lines: [HOSTILE, '{{footer}}'],
    facts: [{ label: HOSTILE, value: HOSTILE }],
    items: [{ title: HOSTILE, text: HOSTILE, link: 'https://console.example/alerts?open=a' }],
    button: HOSTILE,
    link: 'https://console.example/budgets?open=x',
    footer: HOSTILE,
    footerLink: { label: HOSTILE, href: 'https://console.example/alerts' },
  },
} as const;
const TEMPLATES = Object.keys(DATA) as MailTemplate[];

describe.each(TEMPLATES)('the mail %s', (template) => {
  it.each(['en', 'de', 'de-AT', 'fr'])('in %s has a subject, a text and HTML with the link', (locale) => {
    const mail = renderMail(template, locale, DATA[template]);
    expect(mail.subject).not.toBe('');
    expect(mail.text).toContain(DATA[template].link);
    expect(mail.html).toContain(`href="${DATA[template].link}"`);
    expect(mail.html).toContain(`lang="${locale.startsWith('de') ? 'de' : 'en'}"`);
  });

  it('escapes what people typed', () => {
    expect(renderMail(template, 'en', DATA[template]).html).not.toContain('<script>');
  });

  it.skipIf(template === 'notice')('says different things in the two languages', () => {
    expect(renderMail(template, 'de', DATA[template]).subject).not.toBe(
      renderMail(template, 'en', DATA[template]).subject,
    );
  });
});

describe('a changed password', () => {
  it.each([
    ['en', true, 'every other session was signed out'],
    ['en', false, 'every session was signed out'],
    ['de', true, 'alle anderen Sitzungen wurden beendet'],
    ['de', false, 'alle Sitzungen wurden beendet'],
  ] as const)('tells in %s which sessions ended (one was kept: %s)', (locale, keepsSession, told) => {
    const data = { ...DATA['password-changed'], keepsSession };
    expect(renderMail('password-changed', locale, data).text).toContain(told);
  });
});

describe('a notice', () => {
  it('takes text that looks like a slot for text', () => {
    expect(renderMail('notice', 'en', DATA.notice).html).toContain('{{footer}}</p>');
  });

  it('leaves out the parts that it does not have', () => {
    const { heading: _, facts: __, items: ___, ...plain } = DATA.notice;
    const { html } = renderMail('notice', 'en', plain);
    expect(html).not.toContain('tg-fact"');
    expect(html).not.toMatch(/<!-- (if|end) /);
  });
});

describe('the layout', () => {
  it('is what its MJML compiles to', async () => {
    const { compileLayout } = await import('./layout/build-layout.ts');
    const { LAYOUT } = await import('./layout/layout.ts');
    expect(await compileLayout()).toContain(JSON.stringify(LAYOUT));
  });
});

describe('escapeHtml()', () => {
  it('leaves no character that ends a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a') }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
