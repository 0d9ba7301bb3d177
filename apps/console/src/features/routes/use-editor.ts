'use client';
/** What the parts of the editor share: what is wrong where, whether anything may be changed, what ids are called. */
import { createContext, useContext } from 'react';
import { useFieldProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import type { SentenceWords } from './condition-text.ts';
import type { Problem } from './editor-problems.ts';
import type { DraftRule } from './route-draft.ts';
import { useEditorText } from './use-editor-text.ts';
import type { NameOf } from './use-names.ts';

export interface Editor {
  readonly readOnly: boolean;
  readonly nameOf: NameOf;
  /** By the path of the API, as far down as it is known. */
  readonly problems: Readonly<Record<string, Problem>>;
  /** The rule that the last test matched, as it was then. */
  readonly matchedRule: DraftRule | undefined;
}

const EditorContext = createContext<Editor | undefined>(undefined);
export const EditorProvider = EditorContext.Provider;

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('Cannot edit a route: EditorProvider must be above, got none');
  return editor;
}

/** @returns What is wrong at a path or below it, or there `only`; in the reader's language. */
export function useProblemAt(): (path: string, only?: 'only') => string | undefined {
  const { problems } = useEditor();
  const { required } = useMessages('parts');
  const { countWrong } = useMessages('limits');
  const { form, rule } = useEditorText();
  const toText = useFieldProblemText();
  const words = { required, tokens: countWrong, weight: form.weightWrong, condition: rule.needsCondition };
  return (path, only) => {
    const found = Object.keys(problems).find(
      (each) => each === path || (only === undefined && each.startsWith(`${path}.`)),
    );
    const problem = found === undefined ? undefined : problems[found];
    if (problem === undefined) return undefined;
    return typeof problem === 'string' ? words[problem] : toText(problem);
  };
}

export function useSentenceWords(): SentenceWords {
  const text = useEditorText();
  const locale = useLocale();
  const { nameOf } = useEditor();
  return { text, locale, nameOf };
}
