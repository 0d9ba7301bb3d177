/** Conditions as a sentence: "If tag tier is free and the input has at least 8,000 tokens". Pure. */
import { formatNumber } from '@tollgate/ui/format';
import type { ConditionKind, DraftCondition } from './route-draft.ts';
import { valuesOf } from './route-draft.ts';
import type { EditorText } from './use-editor-text.ts';

const SHOWN_VALUES = 3;

export interface SentenceWords {
  readonly text: EditorText;
  readonly locale: string;
  /** What an id is called. */
  readonly nameOf: (kind: ConditionKind, id: string) => string;
}

export function conditionText(condition: DraftCondition, words: SentenceWords): string {
  const { text, locale } = words;
  const { sentence } = text;
  const { kind, operator } = condition;
  const values = valuesOf(condition, locale);
  if (kind === 'stream') {
    const [one = 'true'] = values;
    return sentence.stream[(one === 'true') === (operator === 'is') ? 'true' : 'false'];
  }
  if (kind === 'inputTokens') {
    const [count] = values;
    const said = count === undefined ? '…' : formatNumber(Number(count), locale);
    return sentence.inputTokens[operator === 'atMost' ? 'atMost' : 'atLeast'](said);
  }
  const how = operator === 'isNot' ? 'isNot' : 'is';
  const listed = listText(values, condition.kind, words);
  if (kind === 'tag') return sentence.tag[how](condition.tagName.trim() || '…', listed);
  return sentence[kind][how](listed);
}

function listText(values: readonly string[], kind: ConditionKind, words: SentenceWords): string {
  const { text, locale, nameOf } = words;
  if (values.length === 0) return '…';
  const shown = values.slice(0, SHOWN_VALUES).map((value) => nameOf(kind, value));
  const rest = values.length - shown.length;
  if (rest > 0) return text.sentence.more(shown.join(', '), rest);
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(shown);
}

/** @param place Of the rule, of `count`. */
export function ruleText(
  when: readonly DraftCondition[],
  { place, count }: { readonly place: number; readonly count: number },
  words: SentenceWords,
): string {
  const { rule, sentence } = words.text;
  if (when.length === 0) return place === 0 || place < count - 1 ? rule.always : rule.otherwise;
  return sentence.all(when.map((condition) => conditionText(condition, words)).join(sentence.and));
}
