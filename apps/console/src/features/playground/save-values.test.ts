import { describe, expect, it } from 'vitest';
import { mergeNewer } from '../common/merge-newer.ts';
import { EMPTY_SETTINGS, toSavedContent } from './conversation.ts';
import { contentText, type OpenPrompt, toValues } from './save-values.ts';

const row: OpenPrompt = {
  id: 'prm_1',
  name: 'Greeting',
  shared: true,
  createdById: 'mem_1',
  createdByName: 'Ada',
  mine: true,
  version: 1,
  createdAt: '2026-11-21T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
};
const contentOf = (system: string) => ({ ...toSavedContent({ ...EMPTY_SETTINGS, system }, [], ['Hello']) });
const typed = { ...toValues(row), content: contentText(contentOf('Be short.')) };

describe('saving a prompt that another window saved meanwhile', () => {
  it('is told to replace another prompt, also where neither changed its name', () => {
    const newer = { ...row, version: 2, content: contentOf('Be polite.') };
    expect(mergeNewer(toValues(row), typed, toValues(newer))).toMatchObject({
      values: { name: 'Greeting', content: typed.content },
      contested: ['content'],
    });
  });

  it('replaces nothing where the other window saved the same prompt under another name', () => {
    // As the API answers: the parts in another order.
    const { version, ...parts } = contentOf('Be short.');
    const newer = { ...row, name: 'Welcome', version: 2, content: { ...parts, version } };
    expect(mergeNewer(toValues(row), typed, toValues(newer))).toMatchObject({
      values: { name: 'Welcome' },
      contested: [],
    });
  });
});
