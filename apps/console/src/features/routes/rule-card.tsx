'use client';
/** One rule: when it holds, as a sentence and as fields, and who answers then. */
import { Badge, Button, Card, classNames, formatNumber } from '@tollgate/ui';
import { Copy, Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import { ConditionRow } from './condition-row.tsx';
import { ruleText } from './condition-text.ts';
import { type DraftRule, isSamePart, MOST, newCondition } from './route-draft.ts';
import { WeightedTargets } from './target-list.tsx';
import { useEditor, useProblemAt, useSentenceWords } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useRowFocus } from './use-row-focus.ts';

export interface RuleCardProps {
  readonly rule: DraftRule;
  readonly place: number;
  readonly count: number;
  readonly allowResold: boolean;
  readonly moveButtons: ReactNode;
  readonly onChange: (rule: DraftRule) => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
}

export function RuleCard(props: RuleCardProps) {
  const { rule, place, count, allowResold, moveButtons, onChange } = props;
  const text = useEditorText().rule;
  const locale = useLocale();
  const { readOnly, matchedRule } = useEditor();
  const problemAt = useProblemAt();
  const words = useSentenceWords();
  const number = text.number(formatNumber(place + 1, locale));
  // Wherever it was moved to; one that was changed since may match no longer.
  const matched = matchedRule?.key === rule.key && isSamePart(matchedRule, rule);
  const path = `rules.${place}`;
  const wrong =
    problemAt(path, 'only') ?? problemAt(`${path}.targets`, 'only') ?? problemAt(`${path}.when`, 'only');
  return (
    <Card
      aria-label={number}
      className={classNames(matched && 'border-accent')}
      title={<span className="wrap-anywhere">{ruleText(rule.when, { place, count }, words)}</span>}
      description={
        <span className="flex flex-wrap items-center gap-2">
          {number}
          {matched && <Badge tone="accent">{text.matches}</Badge>}
        </span>
      }
      actions={
        !readOnly && (
          <>
            {moveButtons}
            <RuleMenu {...props} name={number} />
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        <Conditions rule={rule} path={`${path}.when`} isLast={place === count - 1} onChange={onChange} />
        <section className="flex flex-col gap-2">
          <h3 className="text-xs font-medium text-ink-faint">{text.targets}</h3>
          <WeightedTargets
            targets={rule.targets}
            path={`${path}.targets`}
            allowResold={allowResold}
            onChange={(targets) => onChange({ ...rule, targets })}
          />
        </section>
        {wrong !== undefined && (
          <p role="alert" className="text-xs text-negative">
            {wrong}
          </p>
        )}
      </div>
    </Card>
  );
}

function RuleMenu({ name, count, onDuplicate, onRemove }: RuleCardProps & { readonly name: string }) {
  const text = useEditorText().rule;
  return (
    <RowMenu
      of={name}
      entries={[
        { label: text.duplicate, icon: <Copy />, disabled: count >= MOST.rules, onSelect: onDuplicate },
        { kind: 'separator' },
        // A route has at least one.
        { label: text.remove, icon: <Trash2 />, tone: 'danger', disabled: count === 1, onSelect: onRemove },
      ]}
    />
  );
}

function Conditions({
  rule,
  path,
  isLast,
  onChange,
}: {
  readonly rule: DraftRule;
  readonly path: string;
  readonly isLast: boolean;
  readonly onChange: (rule: DraftRule) => void;
}) {
  const text = useEditorText().rule;
  const locale = useLocale();
  const { readOnly } = useEditor();
  const { listRef, focusRow } = useRowFocus<HTMLUListElement>();
  const { when } = rule;
  const setWhen = (next: DraftRule['when']) => onChange({ ...rule, when: next });
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-ink-faint">{text.when}</h3>
      {when.length === 0 && (
        <p className={classNames('text-sm', isLast ? 'text-ink-faint' : 'text-warning')}>
          {isLast ? text.noConditions : text.needsCondition}
        </p>
      )}
      <ul ref={listRef} className="flex flex-col gap-2 empty:hidden">
        {when.map((condition, place) => (
          <ConditionRow
            key={condition.key}
            condition={condition}
            path={`${path}.${place}`}
            position={formatNumber(place + 1, locale)}
            onChange={(next) => setWhen(when.with(place, next))}
            onRemove={() => {
              focusRow(place);
              setWhen(when.toSpliced(place, 1));
            }}
          />
        ))}
      </ul>
      {!readOnly && (
        <Button
          size="sm"
          icon={<Plus />}
          className="self-start"
          disabled={when.length >= MOST.conditions}
          onClick={() => {
            focusRow(when.length);
            setWhen([...when, newCondition()]);
          }}
        >
          {text.addCondition}
        </Button>
      )}
    </section>
  );
}
