'use client';
/** One condition of a rule: what is compared, how, with what. */
import { Field, IconButton, Input, Select } from '@tollgate/ui';
import { X } from 'lucide-react';
import { ConditionValues } from './condition-values.tsx';
import {
  CONDITION_KINDS,
  type ConditionKind,
  type DraftCondition,
  type Operator,
  operatorsOf,
  withKind,
} from './route-draft.ts';
import { useEditor, useProblemAt } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';

export interface ConditionRowProps {
  readonly condition: DraftCondition;
  /** Of the API. */
  readonly path: string;
  /** From 1, as it is read. */
  readonly position: string;
  readonly onChange: (condition: DraftCondition) => void;
  readonly onRemove: () => void;
}

export function ConditionRow({ condition, path, position, onChange, onRemove }: ConditionRowProps) {
  const text = useEditorText();
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const { kind, operator } = condition;
  const operators = operatorsOf(kind);
  // Where a route from the API compares in a way that is not offered here.
  const offered = operators.includes(operator) ? operators : [operator, ...operators];
  return (
    <li
      aria-label={text.rule.conditionNumber(position)}
      className="flex flex-wrap items-start gap-2 max-sm:rounded-md max-sm:border max-sm:border-line max-sm:p-2 sm:flex-nowrap"
    >
      <div className="w-40 min-w-28 max-sm:grow">
        <Field labelHidden label={text.condition.field}>
          <Select<ConditionKind>
            disabled={readOnly}
            value={kind}
            onValueChange={(next) => onChange(withKind(condition, next))}
            options={CONDITION_KINDS.map((value) => ({ value, label: text.condition.kinds[value] }))}
          />
        </Field>
      </div>
      {kind === 'tag' && (
        <Field
          labelHidden
          label={text.condition.tagName}
          error={problemAt(`${path}.field`)}
          className="w-32 min-w-20 max-sm:grow"
        >
          <Input
            disabled={readOnly}
            autoComplete="off"
            spellCheck={false}
            placeholder={text.condition.tagPlaceholder}
            value={condition.tagName}
            onChange={(event) => onChange({ ...condition, tagName: event.target.value })}
          />
        </Field>
      )}
      <div className="w-28 min-w-20 max-sm:grow">
        <Field labelHidden label={text.condition.operator} error={problemAt(`${path}.operator`)}>
          <Select<Operator>
            disabled={readOnly || offered.length === 1}
            value={operator}
            onValueChange={(next) => onChange({ ...condition, operator: next })}
            options={offered.map((value) => ({ value, label: text.condition.operators[value] }))}
          />
        </Field>
      </div>
      <Field
        labelHidden
        label={text.condition.value}
        error={problemAt(`${path}.values`) ?? (kind === 'tag' ? undefined : problemAt(`${path}.field`))}
        className="min-w-28 flex-1"
      >
        <ConditionValues condition={condition} onChange={onChange} />
      </Field>
      {!readOnly && (
        <IconButton label={text.rule.removeCondition(position)} onClick={onRemove}>
          <X />
        </IconButton>
      )}
    </li>
  );
}
