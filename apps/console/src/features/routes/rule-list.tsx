'use client';
/** The rules of a route, in the order in which they are asked; and the fall-backs after them. */
import { Button, Callout, Card, formatNumber } from '@tollgate/ui';
import { Plus } from 'lucide-react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import {
  copyOfRule,
  type DraftRule,
  MOST,
  newCondition,
  newRule,
  placeOfNewRule,
  type RouteDraft,
} from './route-draft.ts';
import { RuleCard } from './rule-card.tsx';
import { OrderedTargets } from './target-list.tsx';
import { useEditor } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useMover } from './use-mover.tsx';
import { useRowFocus } from './use-row-focus.ts';

interface PartProps {
  readonly draft: RouteDraft;
  readonly onChange: (change: Partial<RouteDraft>) => void;
}

export function RuleList({ draft, onChange }: PartProps) {
  const { rule: text, order } = useEditorText();
  const locale = useLocale();
  const { readOnly } = useEditor();
  const { rules, allowResold } = draft;
  const setRules = (next: readonly DraftRule[]) => onChange({ rules: next });
  const mover = useMover(rules, setRules, (place) => text.number(formatNumber(place + 1, locale)));
  const answersAll = rules.some(({ when }) => when.length === 0);
  const { listRef, focusRow } = useRowFocus<HTMLOListElement>();
  const add = () => {
    const place = placeOfNewRule(rules);
    // Below another rule it needs a condition to be of use; as the last one it answers all others.
    focusRow(place);
    setRules(rules.toSpliced(place, 0, newRule(place < rules.length ? [newCondition()] : [])));
  };
  return (
    <section className="flex flex-col gap-3">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="text-base font-semibold text-ink">{text.heading}</h2>
          <p className="text-sm text-ink-faint">
            {text.text} {!readOnly && order.hint}
          </p>
        </div>
        {!readOnly && (
          <Button icon={<Plus />} disabled={rules.length >= MOST.rules} onClick={add}>
            {text.add}
          </Button>
        )}
      </header>
      <ol ref={listRef} className="flex flex-col gap-3">
        {rules.map((rule, place) => (
          <li key={rule.key} {...(!readOnly && mover.rowProps(place))}>
            <RuleCard
              rule={rule}
              place={place}
              count={rules.length}
              allowResold={allowResold}
              moveButtons={mover.buttons(place)}
              onChange={(next) => setRules(rules.with(place, next))}
              onDuplicate={() => setRules(rules.toSpliced(place + 1, 0, copyOfRule(rule)))}
              onRemove={() => {
                focusRow(place);
                setRules(rules.toSpliced(place, 1));
              }}
            />
          </li>
        ))}
      </ol>
      {!answersAll && <Callout>{text.noOtherwise}</Callout>}
      {mover.announcement}
    </section>
  );
}

export function Fallbacks({ draft, onChange }: PartProps) {
  const text = useEditorText().fallback;
  return (
    <Card title={text.heading} description={text.text}>
      <OrderedTargets
        targets={draft.fallbacks}
        path="fallbacks"
        allowResold={draft.allowResold}
        onChange={(fallbacks) => onChange({ fallbacks })}
      />
    </Card>
  );
}
