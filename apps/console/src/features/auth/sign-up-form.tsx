'use client';
/** A new account, with its own organization or to join the one that invited. */
import { zodResolver } from '@hookform/resolvers/zod';
import { Callout, Field, Input } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { optionalName } from '../common/name-rules.ts';
import { useOneAtATime } from '../common/request-safety.ts';
import { signUp } from './auth-api.ts';
import { AuthForm } from './auth-form.tsx';
import { NewPasswordField } from './password-field.tsx';
import { PASSWORD_MIN_LENGTH } from './password-strength.ts';
import { SingleSignOnButton } from './single-sign-on-button.tsx';
import { useSingleSignOnWays } from './single-sign-on-way.ts';

export interface SignUpFormProps {
  readonly submitLabel: string;
  readonly invitation?: { readonly token: string; readonly email: string };
  readonly onSignedUp: (organizationNamed: boolean) => void;
}

const FIELDS = ['name', 'email', 'password', 'organizationName'] as const;

export function SignUpForm({ submitLabel, invitation, onSignedUp }: SignUpFormProps) {
  const text = useMessages('auth');
  const { fields } = useMessages('problems');
  const locale = useLocale();
  const form = useForm({
    resolver: zodResolver(
      z.object({
        name: optionalName(fields),
        email: z.string().trim().min(3, text.errors.email).includes('@', text.errors.email),
        password: z
          .string()
          .refine((value) => [...value].length >= PASSWORD_MIN_LENGTH, text.errors.passwordShort),
        organizationName: optionalName(fields),
      }),
    ),
    defaultValues: { name: '', email: invitation?.email ?? '', password: '', organizationName: '' },
  });
  const { problem, report, clear } = useFormProblem(form, FIELDS);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const [email, password] = form.watch(['email', 'password']);
  const ways = useSingleSignOnWays();
  const way = invitation === undefined ? ways.find(email) : null;
  const [leavingProblem, setLeavingProblem] = useState<string>();
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      try {
        await signUp({ ...values, locale, invitationToken: invitation?.token });
        onSignedUp(values.organizationName !== '');
      } catch (error) {
        report(error);
        throw error;
      }
    }),
  );
  return (
    <AuthForm
      problem={problem ?? leavingProblem}
      submitLabel={submitLabel}
      submitting={isSubmitting || isSubmitSuccessful}
      onSubmit={(event) => void submit(event).catch(() => undefined)}
    >
      <Field label={text.name} error={errors.name?.message} optional>
        <Input autoComplete="name" autoFocus {...form.register('name')} />
      </Field>
      <Field label={text.email} error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          spellCheck={false}
          readOnly={invitation !== undefined}
          {...form.register('email', {
            onBlur: () => {
              if (invitation === undefined) void ways.ask(form.getValues('email'));
            },
          })}
        />
      </Field>
      {way !== null && (
        <Callout live title={text.singleSignOn.found(way.name)}>
          <SingleSignOnButton way={way} email={email.trim()} className="mt-2" onProblem={setLeavingProblem} />
        </Callout>
      )}
      <NewPasswordField
        label={text.password}
        value={password}
        email={email}
        error={errors.password?.message}
        input={form.register('password')}
      />
      {invitation === undefined && (
        <Field
          label={text.organizationName}
          hint={text.organizationHint}
          error={errors.organizationName?.message}
          optional
        >
          <Input autoComplete="organization" {...form.register('organizationName')} />
        </Field>
      )}
    </AuthForm>
  );
}
