/** The parts that every form around sign-in is made of. */
import { Button, Callout, UntilTakenOver } from '@tollgate/ui';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

export interface AuthFormProps extends Pick<ComponentProps<'form'>, 'onSubmit'> {
  /** What failed and belongs to no field. */
  readonly problem: ReactNode;
  readonly submitLabel: string;
  readonly submitting: boolean;
  readonly children: ReactNode;
}

export function AuthForm({ problem, submitLabel, submitting, onSubmit, children }: AuthFormProps) {
  return (
    // Without `method`, a press before the page is alive would put the password into the address.
    <form method="post" noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      {children}
      {/* Fields are open while the page loads, for what fills in passwords; sent then, all of it would be lost. */}
      <UntilTakenOver>
        <Button type="submit" variant="primary" size="lg" loading={submitting} className="mt-1 w-full">
          {submitLabel}
        </Button>
      </UntilTakenOver>
    </form>
  );
}

/** "New here? Create an account", under a form. */
export function AuthSwitch({
  question,
  href,
  label,
}: {
  readonly question: string;
  readonly href: string;
  readonly label: string;
}) {
  return (
    <p className="mt-6 text-sm text-ink-soft">
      {question}{' '}
      <Link href={href} className="font-medium text-accent-ink underline-offset-3 hover:underline">
        {label}
      </Link>
    </p>
  );
}
