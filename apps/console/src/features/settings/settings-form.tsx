'use client';
/** A form in a card that saves in place. */
import { Button, Callout, Card, UntilTakenOver } from '@tollgate/ui';
import { Fragment, type ReactNode, useState } from 'react';
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useOneAtATime } from '../common/request-safety.ts';

export interface SettingsFormProps<T extends FieldValues> {
  readonly title: string;
  readonly description?: string;
  readonly form: UseFormReturn<T>;
  readonly fields: readonly FieldPath<T>[];
  /** Fields that the API knows under another path. */
  readonly apiFields?: Readonly<Record<string, FieldPath<T>>>;
  readonly submitLabel: string;
  /** Beside the title. */
  readonly actions?: ReactNode;
  /** Left of the button. */
  readonly footer?: ReactNode;
  readonly onSubmit: (values: T) => Promise<unknown>;
  /** Without a button, for those who may only look. */
  readonly readOnly?: boolean;
  /** Open before the browser has taken it over: what fills in passwords does so while the page loads. */
  readonly openAtOnce?: boolean;
  readonly children: ReactNode;
}

export function SettingsForm<T extends FieldValues>(props: SettingsFormProps<T>) {
  const { title, description, form, fields, submitLabel, onSubmit, readOnly = false, children } = props;
  const Around = props.openAtOnce === true ? Fragment : UntilTakenOver;
  const [saving, setSaving] = useState(false);
  const { problem, clear, report } = useFormProblem(form, fields, props.apiFields);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setSaving(true);
      try {
        await onSubmit(values);
      } catch (error) {
        report(error);
      } finally {
        setSaving(false);
      }
    }),
  );
  return (
    <form method="post" noValidate onSubmit={(event) => void submit(event)}>
      <Around>
        <Card
          title={title}
          description={description}
          actions={props.actions}
          {...(!readOnly && {
            footer: (
              <>
                {props.footer}
                <span className="ml-auto">
                  <Button type="submit" variant="primary" loading={saving}>
                    {submitLabel}
                  </Button>
                </span>
              </>
            ),
          })}
        >
          <div className="flex flex-col gap-4">
            {problem && (
              <Callout tone="negative" live>
                {problem}
              </Callout>
            )}
            {children}
          </div>
        </Card>
      </Around>
    </form>
  );
}
