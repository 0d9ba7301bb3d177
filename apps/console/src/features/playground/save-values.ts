/** A saved prompt as the dialog that saves it anew holds it. Pure. */
import type { PlaygroundPromptDetail } from '@tollgate/api';
import { readSavedContent } from './saved-content.ts';

export interface SaveValues {
  name: string;
  shared: boolean;
  asNew: boolean;
  /** What stands in the playground, compared as a text: it is saved whole, so that another one that was saved meanwhile would be replaced. */
  content: string;
}

export const contentText = (content: unknown): string => JSON.stringify(readSavedContent(content));

export const toValues = (prompt: PlaygroundPromptDetail | undefined): SaveValues => ({
  name: prompt?.name ?? '',
  shared: prompt?.shared ?? false,
  asNew: prompt === undefined,
  content: prompt === undefined ? '' : contentText(prompt.content),
});
