'use client';
/** The targets of a rule, with what each is drawn for; and the fall-backs of a route, in their order. */
import { Button, classNames, Field, formatNumber, formatPercent, IconButton, Input } from '@tollgate/ui';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { type DraftTarget, MOST, newTarget, sharesOf } from './route-draft.ts';
import { ShareBar, ShareDot } from './share-bar.tsx';
import { TargetCredential, TargetModel } from './target-fields.tsx';
import { TargetStanding } from './target-standing.tsx';
import { useEditor, useProblemAt } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useMover } from './use-mover.tsx';
import { useRowFocus } from './use-row-focus.ts';

export interface TargetListProps {
  readonly targets: readonly DraftTarget[];
  /** Of the list, as the API names it. */
  readonly path: string;
  readonly allowResold: boolean;
  readonly onChange: (targets: readonly DraftTarget[]) => void;
}

const WITH_WEIGHT =
  'grid-cols-[5rem_minmax(0,1fr)_auto] sm:grid-cols-[auto_minmax(0,1fr)_10rem_5rem_3.5rem_6rem]';
const IN_ORDER = 'grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[auto_minmax(0,1fr)_10rem_6rem]';

/** With weights. A rule has at least one. */
export function WeightedTargets(props: TargetListProps) {
  const { targets, path } = props;
  const text = useEditorText().target;
  const locale = useLocale();
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const shares = sharesOf(targets);
  const shareText = (place: number) => formatPercent(shares[place] ?? 0, locale);
  const nameOf = useTargetName(targets, text.number);
  return (
    <div className="flex flex-col gap-3">
      <ShareBar parts={targets.map((_, place) => ({ name: nameOf(place), share: shares[place] ?? 0 }))} />
      <Rows
        {...props}
        columns={WITH_WEIGHT}
        least={1}
        most={MOST.targets}
        addLabel={text.add}
        heads={[text.model, text.credential, text.weight, text.shareHead]}
        numberOf={text.number}
        markOf={(place) => <ShareDot place={place} />}
      >
        {(target, place, change) => (
          <>
            <Field labelHidden label={text.weight} error={problemAt(`${path}.${place}.weight`)}>
              <Input
                disabled={readOnly}
                inputMode="numeric"
                autoComplete="off"
                className="tabular"
                value={target.weight}
                onChange={(event) => change({ ...target, weight: event.target.value })}
              />
            </Field>
            <span
              title={shares[place] === 0 ? text.neverDrawn : text.share(shareText(place))}
              className="tabular flex h-control items-center text-sm text-ink-soft sm:justify-end"
            >
              {shareText(place)}
            </span>
          </>
        )}
      </Rows>
    </div>
  );
}

/** In order, without weights. There may be none. */
export function OrderedTargets(props: TargetListProps) {
  const text = useEditorText();
  const locale = useLocale();
  return (
    <div className="flex flex-col gap-3">
      {props.targets.length === 0 && <p className="text-sm text-ink-faint">{text.fallback.none}</p>}
      <Rows
        {...props}
        columns={IN_ORDER}
        least={0}
        most={MOST.fallbacks}
        addLabel={text.fallback.add}
        heads={[text.target.model, text.target.credential]}
        numberOf={text.target.fallbackNumber}
        markOf={(place) => (
          <span className="tabular text-sm text-ink-faint">{formatNumber(place + 1, locale)}</span>
        )}
      />
    </div>
  );
}

interface RowsProps extends TargetListProps {
  readonly columns: string;
  readonly least: number;
  readonly most: number;
  readonly addLabel: string;
  /** Over the fields, where there is room: they have names, which are heard alone. */
  readonly heads: readonly string[];
  /** What one without a model is called. */
  readonly numberOf: (position: string) => string;
  /** Before the model, where there is room. */
  readonly markOf: (place: number) => ReactNode;
  /** What stands between the credential and the buttons. */
  readonly children?: (
    target: DraftTarget,
    place: number,
    change: (target: DraftTarget) => void,
  ) => ReactNode;
}

function Rows(props: RowsProps) {
  const { targets, path, allowResold, onChange, columns, least, most, addLabel, heads, numberOf, markOf } =
    props;
  const { readOnly } = useEditor();
  const nameOf = useTargetName(targets, numberOf);
  const mover = useMover(targets, onChange, nameOf);
  const { listRef, focusRow } = useRowFocus<HTMLOListElement>();
  const add = () => {
    focusRow(targets.length);
    onChange([...targets, newTarget()]);
  };
  const remove = (place: number) => {
    focusRow(place);
    onChange(targets.toSpliced(place, 1));
  };
  return (
    <>
      {targets.length > 0 && (
        <div
          aria-hidden
          className={classNames('-mb-2 grid gap-x-2 text-xs text-ink-faint max-sm:hidden', columns)}
        >
          {/* As wide as the mark of a target, so that heads stand over their fields. */}
          <span className="invisible h-0">{markOf(0)}</span>
          {heads.map((head, place) => (
            <span key={head} className={place === 3 ? 'text-right' : ''}>
              {head}
            </span>
          ))}
        </div>
      )}
      <ol ref={listRef} className="flex flex-col gap-3 empty:hidden">
        {targets.map((target, place) => {
          const change = (next: DraftTarget) => onChange(targets.with(place, next));
          const own = { target, path: `${path}.${place}`, onChange: change };
          return (
            <li
              key={target.key}
              aria-label={nameOf(place)}
              className={classNames('grid items-start gap-x-2 gap-y-1.5', columns)}
              {...(!readOnly && mover.rowProps(place))}
            >
              <span className="flex h-control items-center max-sm:hidden">{markOf(place)}</span>
              <div className="max-sm:col-span-full">
                <TargetModel {...own} />
              </div>
              <div className={props.children && 'max-sm:col-span-full'}>
                <TargetCredential {...own} />
              </div>
              {props.children?.(target, place, change)}
              <span className="flex h-control items-center justify-end">
                {!readOnly && mover.buttons(place)}
                {!readOnly && targets.length > least && (
                  <RemoveTarget name={nameOf(place)} onRemove={() => remove(place)} />
                )}
              </span>
              <div className="col-span-full sm:col-start-2">
                <TargetStanding {...target} allowResold={allowResold} />
              </div>
            </li>
          );
        })}
      </ol>
      {!readOnly && (
        <Button
          size="sm"
          icon={<Plus />}
          className="self-start"
          disabled={targets.length >= most}
          onClick={add}
        >
          {addLabel}
        </Button>
      )}
      {mover.announcement}
    </>
  );
}

function RemoveTarget({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) {
  const text = useEditorText().target;
  return (
    <IconButton size="sm" label={text.remove(name)} onClick={onRemove}>
      <X />
    </IconButton>
  );
}

function useTargetName(
  targets: readonly DraftTarget[],
  numberOf: (position: string) => string,
): (place: number) => string {
  const locale = useLocale();
  return (place) => targets[place]?.model || numberOf(formatNumber(place + 1, locale));
}
