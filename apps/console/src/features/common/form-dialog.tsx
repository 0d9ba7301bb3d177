'use client';
/**
 * A form in a dialog: one submit at a time, what the API refuses at its fields, closed when it worked.
 * Mount it while it is open, so that each opening starts afresh.
 */
import { Button, Callout, Dialog, type DialogProps, toast } from '@tollgate/ui';
import { type ReactNode, useId, useState } from 'react';
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ChangedMeanwhile } from './newer-state.tsx';
import type { Meanwhile } from './newer-thing.ts';
import { useOneAtATime } from './request-safety.ts';

export interface FormDialogProps<T extends FieldValues, R>
  extends Pick<DialogProps, 'title' | 'description' | 'size'> {
  readonly form: UseFormReturn<T>;
  /** Names of the fields that are shown; errors about others stand above the form. */
  readonly fields: readonly FieldPath<T>[];
  /** Fields that the API knows under another path: `{ 'scope.id': 'scopeId' }`. */
  readonly apiFields?: Readonly<Record<string, FieldPath<T>>>;
  readonly submitLabel: string;
  /** Until it is known what would be sent. */
  readonly waiting?: boolean;
  /** Rejects with what the API refused. */
  readonly onSubmit: (values: T) => Promise<R>;
  /** Of a thing that others may change while the dialog is open. */
  readonly meanwhile?: NoInfer<Meanwhile<T>> | undefined;
  /** What somebody is told when it worked. */
  readonly done?: string | ((result: R) => string);
  /** Gets what `onSubmit` led to, instead of `onClose`: what opens next takes the place of this dialog. */
  readonly onDone?: (result: R) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog<T extends FieldValues, R>(props: FormDialogProps<T, R>) {
  const { form, fields, apiFields, submitLabel, onSubmit, meanwhile, done, onDone, onClose, ...rest } = props;
  const { children, waiting = false, ...dialog } = rest;
  const text = useMessages('common');
  const formId = useId();
  const [submitting, setSubmitting] = useState(false);
  const { problem, clear, report } = useFormProblem(form, fields, apiFields);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setSubmitting(true);
      try {
        let result: R | undefined;
        const change = async () => {
          result = await onSubmit(values);
        };
        if (meanwhile === undefined) await change();
        else if (!(await meanwhile.newer.save(values, change))) return;
        if (done !== undefined) toast.success(typeof done === 'string' ? done : done(result as R));
        if (onDone) onDone(result as R);
        else onClose();
      } catch (error) {
        report(error);
      } finally {
        setSubmitting(false);
      }
    }),
  );
  return (
    <Dialog
      {...dialog}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" form={formId} variant="primary" loading={submitting || waiting}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        method="post"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.stopPropagation();
          if (waiting) event.preventDefault();
          else void submit(event);
        }}
      >
        {problem && (
          <Callout tone="negative" live>
            {problem}
          </Callout>
        )}
        {meanwhile && <SaidMeanwhile {...meanwhile} />}
        {children}
      </form>
    </Dialog>
  );
}

function SaidMeanwhile<T extends FieldValues>({ newer, labels, valueText }: Meanwhile<T>) {
  const { latest } = newer;
  const contested = newer.contested?.filter((name) => labels[name] !== undefined);
  return (
    <ChangedMeanwhile<T>
      newer={{ ...newer, contested }}
      labels={labels as Readonly<Record<keyof T & string, string>>}
      {...(valueText && { valueText: (name) => valueText(name, latest) })}
    />
  );
}
