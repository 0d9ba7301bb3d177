'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Callout, Field, Input } from '@tollgate/ui';
import Link from 'next/link';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { apiFetch } from '../../api/client.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { AuthForm } from './auth-form.tsx';
import { AuthHeading } from './auth-heading.tsx';

/** Says the same whether there is an account or not. */
export function ForgotPasswordScreen() {
  const { forgotPassword: text, errors: errorText, email: emailLabel } = useMessages('auth');
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm({
    resolver: zodResolver(
      z.object({ email: z.string().trim().min(3, errorText.email).includes('@', errorText.email) }),
    ),
    defaultValues: { email: '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['email']);
  const submit = form.handleSubmit(
    useOneAtATime(async ({ email }) => {
      clear();
      try {
        await apiFetch('/auth/forgot-password', { json: { email } });
        setSentTo(email);
      } catch (error) {
        report(error);
      }
    }),
  );
  if (sentTo !== undefined) {
    return (
      <>
        <AuthHeading title={text.sentTitle} />
        <Callout tone="info" live>
          {text.sent(sentTo)}
        </Callout>
        <div className="mt-4 flex flex-wrap gap-2">
          <Button onClick={() => setSentTo(undefined)}>{text.again}</Button>
          <Button asChild variant="ghost">
            <Link href="/sign-in">{text.toSignIn}</Link>
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      <AuthForm
        problem={problem}
        submitLabel={text.submit}
        submitting={form.formState.isSubmitting}
        onSubmit={(event) => void submit(event)}
      >
        <Field label={emailLabel} error={form.formState.errors.email?.message}>
          <Input
            type="email"
            autoComplete="username"
            autoFocus
            spellCheck={false}
            {...form.register('email')}
          />
        </Field>
      </AuthForm>
      <p className="mt-6 text-sm">
        <Link href="/sign-in" className="text-accent-ink underline-offset-3 hover:underline">
          {text.toSignIn}
        </Link>
      </p>
    </>
  );
}
