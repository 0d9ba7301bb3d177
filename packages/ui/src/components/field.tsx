'use client';
/**
 * Label, hint and error around one control, wired by ids: the control inside finds `id`,
 * `aria-describedby` and `aria-invalid` by context, so a screen cannot forget them.
 */
import { CircleAlert } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';

interface FieldContextValue {
  readonly controlId: string;
  readonly labelId: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
}

const FieldContext = createContext<FieldContextValue | undefined>(undefined);

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** Text of the error, or anything falsy while there is none. */
  readonly error?: string | null | undefined;
  readonly required?: boolean;
  /** Says "optional" beside the label. */
  readonly optional?: boolean;
  /** Keeps the label for assistive technology only. */
  readonly labelHidden?: boolean;
  /** Right of the label: a link, a count. */
  readonly action?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Field({
  label,
  hint,
  error,
  required = false,
  optional = false,
  labelHidden = false,
  action,
  className,
  children,
}: FieldProps) {
  const { labels } = useUi();
  const controlId = useId();
  const labelId = `${controlId}-label`;
  const hintId = hint ? `${controlId}-hint` : undefined;
  const errorId = error ? `${controlId}-error` : undefined;
  const describedBy = [errorId, hintId].filter(Boolean).join(' ') || undefined;
  return (
    <FieldContext value={{ controlId, labelId, describedBy, invalid: Boolean(error), required }}>
      <div className={classNames('flex min-w-0 flex-col gap-1.5', className)}>
        <div className={classNames('flex items-baseline justify-between gap-2', labelHidden && 'sr-only')}>
          <label id={labelId} htmlFor={controlId} className="text-sm font-medium text-ink">
            {label}
            {optional && <span className="ml-1.5 font-normal text-ink-faint">{labels.optional}</span>}
          </label>
          {action && <span className="text-xs text-ink-faint">{action}</span>}
        </div>
        {children}
        {error && (
          <p id={errorId} role="alert" className="flex items-start gap-1.5 text-xs text-negative">
            <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
            {error}
          </p>
        )}
        {hint && (
          <p id={hintId} className="text-xs text-ink-faint">
            {hint}
          </p>
        )}
      </div>
    </FieldContext>
  );
}

interface OwnFieldProps {
  readonly id?: string | undefined;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-invalid'?: boolean | 'true' | 'false' | 'grammar' | 'spelling' | undefined;
  readonly required?: boolean | undefined;
}

/** What a control must carry to belong to its Field. Its own props win. */
export function useFieldProps(own: OwnFieldProps, invalid?: boolean) {
  const field = useContext(FieldContext);
  return {
    id: own.id ?? field?.controlId,
    'aria-describedby': own['aria-describedby'] ?? field?.describedBy,
    'aria-invalid': own['aria-invalid'] ?? ((invalid ?? field?.invalid) || undefined),
    'aria-required': (own.required ?? field?.required) || undefined,
  };
}

/** Id of the label, for composite controls that are no `<input>`. */
export function useFieldLabelId(): string | undefined {
  return useContext(FieldContext)?.labelId;
}
