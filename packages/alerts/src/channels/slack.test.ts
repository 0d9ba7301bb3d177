import { describe, expect, it } from 'vitest';
import { slackMessage } from './slack.ts';

const HOSTILE = '<!channel> @here https://evil.example <https://evil.example|Sign in>';
const alert = {
  id: 'alr_1',
  kind: 'unknown-price',
  severity: 'warning',
  state: 'firing',
  targetKind: 'model',
  targetId: HOSTILE,
  targetName: HOSTILE,
  figures: { model: HOSTILE, provider: HOSTILE },
  event: 'fired',
};

describe('slackMessage()', () => {
  it('lets no name mention a channel or become a link', () => {
    const message = slackMessage([alert], 'https://tollgate.example', { locale: 'en', timeZone: 'UTC' });
    const text = JSON.stringify(message);
    expect(text).toContain('evil.example');
    expect(text).not.toContain('<!');
    expect(text).not.toContain('<http');
    // What is left as plain text is not to be looked at for links and mentions either.
    const unguarded = text
      .match(/\{"type":"mrkdwn"[^{}]*\}/g)
      ?.filter((each) => !each.includes('"verbatim":true'));
    expect(unguarded).toEqual([]);
  });
});
