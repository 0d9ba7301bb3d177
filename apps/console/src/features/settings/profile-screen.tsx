'use client';
/** One's own name and language. How one signs in: security-screen.tsx. */
import type { Me } from '@tollgate/api';
import { Badge, Button, Card, Field, Input, PageHeader, Select, toast } from '@tollgate/ui';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { LOCALE_COOKIE, LOCALE_NAME, LOCALES } from '../../i18n/locale.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useMe } from '../shell/use-me.ts';
import { ChangeEmailDialog, WaitingEmailNotice } from './change-email.tsx';
import { SettingsForm } from './settings-form.tsx';

const COOKIE_SECONDS = 31_536_000;

export function ProfileScreen() {
  const text = useMessages('settings').profile;
  const me = useMe().data;
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<ShowApiCall path="/me" />} />
      {me && (
        <div className="flex max-w-3xl flex-col gap-5">
          <ProfileForm me={me} />
          <Card
            title={text.security}
            actions={
              <Button asChild>
                <Link href="/settings/security">{text.toSecurity}</Link>
              </Button>
            }
          >
            <p className="text-sm text-ink-soft">{text.securityText}</p>
          </Card>
        </div>
      )}
    </>
  );
}

interface ProfileValues {
  name: string;
  locale: string;
}

function ProfileForm({ me }: { readonly me: Me }) {
  const text = useMessages('settings').profile;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const router = useRouter();
  const [changing, setChanging] = useState(false);
  const form = useForm<ProfileValues>({ defaultValues: { name: me.name, locale: me.locale } });
  const { errors } = form.formState;
  const save = useApiMutation<{ readonly locale: string }, ProfileValues>(
    (json) => ({ path: '/me', method: 'PATCH', json }),
    { invalidates: ['/me', '/members'] },
  );
  const submit = async (values: ProfileValues) => {
    const { locale } = await save.mutateAsync(values);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
    document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
    router.refresh();
    toast.success(common.saved);
  };
  return (
    <SettingsForm
      title={text.about}
      description={text.aboutText}
      form={form}
      fields={['name', 'locale']}
      submitLabel={common.save}
      onSubmit={submit}
    >
      <Field label={common.name} error={errors.name?.message} required>
        <Input autoComplete="name" {...form.register('name', { required: parts.required })} />
      </Field>
      <Field
        label={common.email}
        hint={text.emailHint}
        action={
          <Badge tone={me.emailVerified ? 'positive' : 'warning'}>
            {me.emailVerified ? text.verified : text.unverified}
          </Badge>
        }
      >
        <div className="flex gap-2">
          <Input readOnly value={me.email ?? ''} className="grow" />
          <Button aria-label={text.changeEmailOf} onClick={() => setChanging(true)}>
            {text.changeEmail}
          </Button>
        </div>
      </Field>
      <WaitingEmailNotice />
      {changing && <ChangeEmailDialog onClose={() => setChanging(false)} />}
      <Field label={text.language} hint={text.languageText} error={errors.locale?.message}>
        <Controller
          control={form.control}
          name="locale"
          render={({ field }) => (
            <Select
              value={field.value}
              onValueChange={field.onChange}
              options={LOCALES.map((locale) => ({ value: locale as string, label: LOCALE_NAME[locale] }))}
            />
          )}
        />
      </Field>
    </SettingsForm>
  );
}
