'use client';
/** What a test found: which rule matched, who is tried in which order, and what is left out and why. */
import type { RoutePreview } from '@tollgate/api';
import { Badge, Callout, classNames, formatNumber, formatPercent } from '@tollgate/ui';
import { useId } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { useProviderName } from '../providers/provider-api.ts';
import { ruleText } from './condition-text.ts';
import type { RouteDraft } from './route-draft.ts';
import type { PreviewStep } from './route-types.ts';
import { ShareBar, ShareDot } from './share-bar.tsx';
import { useSentenceWords } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';

export interface PreviewResultProps {
  readonly found: RoutePreview;
  /** What was tried. */
  readonly draft: RouteDraft;
}

export function PreviewResult({ found, draft }: PreviewResultProps) {
  const text = useEditorText().preview;
  const headingId = useId();
  const rule = found.rule === null ? undefined : draft.rules[found.rule];
  // In the order of the rule, so that the colours are those beside its targets.
  const drawn = found.order
    .filter(({ from }) => from === 'rule')
    .toSorted((left, right) => left.index - right.index);
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-3">
      {!draft.isEnabled && <Callout>{text.disabled}</Callout>}
      <Verdict found={found} draft={draft} />
      {rule !== undefined && found.reason !== 'nothingUsable' && (
        <ShareBar parts={drawn.map(({ target, share }) => ({ name: target.model, share }))} />
      )}
      {found.order.length > 0 && (
        <section>
          <h3 id={headingId} className="text-xs font-medium text-ink-faint">
            {text.order}
          </h3>
          <ol aria-labelledby={headingId} className="flex flex-col divide-y divide-line">
            {found.order.map((step, place) => (
              <Step
                key={`${step.from} ${step.index}`}
                step={step}
                position={found.order.slice(0, place + 1).filter(({ leftOut }) => leftOut === null).length}
              />
            ))}
          </ol>
        </section>
      )}
      {found.sticky && <p className="text-xs text-ink-faint">{text.sticky}</p>}
    </div>
  );
}

function Verdict({ found, draft }: PreviewResultProps) {
  const text = useEditorText().preview;
  const locale = useLocale();
  const words = useSentenceWords();
  const rule = found.rule === null ? undefined : draft.rules[found.rule];
  if (found.rule === null || rule === undefined) {
    return (
      <div className="flex flex-col items-start gap-1.5">
        <Badge tone="negative" dot>
          {text.noneMatches}
        </Badge>
        <p className="text-sm text-ink-soft">{text.refused}</p>
      </div>
    );
  }
  const nothing = found.reason === 'nothingUsable';
  return (
    <div className="flex flex-col items-start gap-1.5">
      <Badge tone={nothing ? 'negative' : 'positive'} dot>
        {text.matched(formatNumber(found.rule + 1, locale))}
      </Badge>
      <p className="text-sm wrap-anywhere text-ink-soft">
        {ruleText(rule.when, { place: found.rule, count: draft.rules.length }, words)}
      </p>
      {nothing && <p className="text-sm text-negative">{text.nothingLeft}</p>}
    </div>
  );
}

/** @param position Of those that are tried, from 1. */
function Step({ step, position }: { readonly step: PreviewStep; readonly position: number }) {
  const text = useEditorText().preview;
  const locale = useLocale();
  const { target, from, index, share, leftOut } = step;
  const isDrawn = leftOut === null && share > 0;
  return (
    <li className="flex gap-2.5 py-2 text-sm">
      <span className="tabular w-4 shrink-0 text-right text-ink-faint">
        {leftOut === null && formatNumber(position, locale)}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2">
          {from === 'rule' && <ShareDot place={index} />}
          <span
            className={classNames(
              'min-w-0 font-medium wrap-anywhere',
              leftOut === null ? 'text-ink' : 'text-ink-faint line-through',
            )}
          >
            {target.model}
          </span>
          <span className={classNames('tabular ml-auto text-xs', isDrawn ? 'text-ink' : 'text-ink-faint')}>
            {leftOut !== null
              ? text.leftOut
              : isDrawn
                ? text.share(formatPercent(share, locale))
                : from === 'fallback'
                  ? text.fallback
                  : text.next}
          </span>
        </span>
        {leftOut === null ? (
          <Candidates step={step} />
        ) : (
          <p className="text-xs text-warning">{text.codes[leftOut.code]}</p>
        )}
      </div>
    </li>
  );
}

function Candidates({ step: { candidates } }: { readonly step: PreviewStep }) {
  const text = useEditorText().preview;
  const providerName = useProviderName();
  return (
    <ul className="flex flex-col text-xs text-ink-faint">
      {candidates.map(({ credentialId, credentialName, provider, model, owner }) => (
        <li key={`${credentialId} ${model}`} className="wrap-anywhere">
          {[
            credentialName || providerName(provider),
            `${provider}/${model}`,
            owner === 'operator' ? text.resold : undefined,
          ]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </li>
      ))}
    </ul>
  );
}
