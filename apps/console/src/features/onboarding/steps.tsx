/** Where somebody is in the wizard. Steps already done can be gone back to. */
import { classNames } from '@tollgate/ui';
import { Check } from 'lucide-react';

export const STEPS = ['organization', 'provider', 'key'] as const;
export type Step = (typeof STEPS)[number];

export function toStep(text: string | null | undefined): Step {
  return STEPS.find((step) => step === text) ?? 'organization';
}

export interface StepsProps {
  readonly current: Step;
  readonly label: string;
  readonly names: Readonly<Record<Step, string>>;
  readonly onSelect: (step: Step) => void;
}

export function Steps({ current, label, names, onSelect }: StepsProps) {
  const position = STEPS.indexOf(current);
  return (
    <nav aria-label={label} className="mb-6">
      <ol className="flex gap-2">
        {STEPS.map((step, index) => {
          const done = index < position;
          return (
            <li key={step} className="min-w-0 flex-1">
              <button
                type="button"
                disabled={index > position}
                aria-current={step === current ? 'step' : undefined}
                onClick={() => onSelect(step)}
                className={classNames(
                  'flex w-full flex-col gap-1.5 rounded-xs text-left text-xs font-medium',
                  index <= position ? 'text-ink' : 'text-ink-faint',
                )}
              >
                <span
                  className={classNames('h-1 rounded-full', index <= position ? 'bg-accent' : 'bg-line')}
                />
                <span className="flex items-center gap-1 truncate">
                  {done ? <Check aria-hidden className="size-3.5 text-positive" /> : `${index + 1}.`}
                  <span className="truncate">{names[step]}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
