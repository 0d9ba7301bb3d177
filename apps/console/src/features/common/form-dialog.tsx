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
import { useOneAtATime } from './request-safety.ts';

export interface FormDialogProps<T extends FieldValues, R>
  extends Pick<DialogProps, 'title' | 'description' | 'size'> {
  readonly form: UseFormReturn<T>;
  /** Names of the fields that are shown; errors about others stand above the form. */
  readonly fields: readonly FieldPath<T>[];
  /** Fields that the API knows under another path: `{ 'scope.id': 'scopeId' }`. */
  readonly apiFields?: Readonly<Record<string, FieldPath<T>>>;
  readonly submitLabel: string;
  /** Rejects with what the API refused. */
  readonly onSubmit: (values: T) => Promise<R>;
  /** What somebody is told when it worked. */
  readonly done?: string | ((result: R) => string);
  /** Gets what `onSubmit` led to, instead of `onClose`: what opens next takes the place of this dialog. */
  readonly onDone?: (result: R) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog<T extends FieldValues, R>(props: FormDialogProps<T, R>) {
  const { form, fields, apiFields, submitLabel, onSubmit, done, onDone, onClose, children, ...dialog } =
    props;
  const text = useMessages('common');
  const formId = useId();
  const [submitting, setSubmitting] = useState(false);
  const { problem, clear, report } = useFormProblem(form, fields, apiFields);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setSubmitting(true);
      try {
        const result = await onSubmit(values);
        if (done !== undefined) toast.success(typeof done === 'string' ? done : done(result));
        if (onDone) onDone(result);
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
          <Button type="submit" form={formId} variant="primary" loading={submitting}>
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
          void submit(event);
        }}
      >
        {problem && (
          <Callout tone="negative" live>
            {problem}
          </Callout>
        )}
        {children}
      </form>
    </Dialog>
  );
}
