import type { PlaygroundPromptDetail } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { mergeNewer } from '../common/merge-newer.ts';
import { EMPTY_SETTINGS } from './conversation.ts';
import { contentText, toValues } from './save-values.ts';
import { toSavedContent } from './saved-content.ts';

const contentOf = (system: string) => ({ ...toSavedContent({ ...EMPTY_SETTINGS, system }, [], ['Hello']) });
const opened: PlaygroundPromptDetail = {
  id: 'prm_1',
  name: 'Greeting',
  shared: true,
  createdById: 'mem_1',
  createdByName: 'Ada',
  mine: true,
  version: 1,
  createdAt: '2026-11-21T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
  content: contentOf('Be kind.'),
};
const typed = { ...toValues(opened), content: contentText(contentOf('Be short.')) };

describe('saving a prompt that another window saved meanwhile', () => {
  it('is told to replace another prompt, also where neither changed its name', () => {
    const newer = { ...opened, version: 2, content: contentOf('Be polite.') };
    expect(mergeNewer(toValues(opened), typed, toValues(newer))).toMatchObject({
      values: { name: 'Greeting', content: typed.content },
      contested: ['content'],
    });
  });

  it('replaces nothing where the other window saved the same prompt under another name', () => {
    // As the API answers: the parts in another order.
    const { version, ...parts } = contentOf('Be short.');
    const newer = { ...opened, name: 'Welcome', version: 2, content: { ...parts, version } };
    expect(mergeNewer(toValues(opened), typed, toValues(newer))).toMatchObject({
      values: { name: 'Welcome' },
      contested: [],
    });
  });

  it('keeps the words that were changed here where the other window changed only the name', () => {
    const newer = { ...opened, name: 'Welcome', version: 2 };
    expect(mergeNewer(toValues(opened), typed, toValues(newer))).toMatchObject({
      values: { name: 'Welcome', content: typed.content },
      contested: [],
    });
  });
});
