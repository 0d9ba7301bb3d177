import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, type MailTemplate, renderMail } from './index.ts';

const HOSTILE = `<script>alert(1)</script>"'&`;
const DATA = {
  'verify-email': { name: HOSTILE, link: 'https://console.example/verify-email#token=x' },
  'reset-password': { name: HOSTILE, link: 'https://console.example/reset-password#token=x' },
  'password-changed': { name: HOSTILE, link: 'https://console.example/sign-in' },
  invitation: {
    inviterName: HOSTILE,
    organizationName: HOSTILE,
    link: 'https://console.example/invitation#token=x',
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

  it('says different things in the two languages', () => {
    expect(renderMail(template, 'de', DATA[template]).subject).not.toBe(
      renderMail(template, 'en', DATA[template]).subject,
    );
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
