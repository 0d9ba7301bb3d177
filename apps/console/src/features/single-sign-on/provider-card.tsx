'use client';
/** The identity provider of the organization: where it is, how Tollgate is known there, and who becomes a member by it. */
import { Button, Callout, Field, Input, PasswordInput, Switch, TimeStamp, toast } from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useRoleName } from '../common/names.ts';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { RoleSelect } from '../members/role-select.tsx';
import { SettingsForm } from '../settings/settings-form.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { CopiedValue } from './copied-value.tsx';
import { IssuerField } from './issuer-field.tsx';
import {
  type IdentityProvider,
  PROVIDER_PATH,
  type SingleSignOn,
  useRemoveProvider,
  useSaveProvider,
} from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export interface ProviderValues {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  provisioning: boolean;
  defaultRole: string;
}

const FIELDS = ['name', 'issuer', 'clientId', 'clientSecret', 'provisioning', 'defaultRole'] as const;
/** As of an invitation, until somebody says otherwise. */
const FIRST_ROLE = 'developer';

/** The secret is never told. */
function toValues(provider: IdentityProvider | null): ProviderValues {
  return {
    name: provider?.name ?? '',
    issuer: provider?.issuer ?? '',
    clientId: provider?.clientId ?? '',
    clientSecret: '',
    provisioning: provider?.provisioning ?? true,
    defaultRole: provider?.defaultRole ?? FIRST_ROLE,
  };
}

export function ProviderCard({ singleSignOn }: { readonly singleSignOn: SingleSignOn }) {
  const text = useSingleSignOnText().provider;
  const common = useMessages('common');
  const mayWrite = usePermission('sso:write');
  const roleName = useRoleName();
  const { identityProvider: provider, redirectUri } = singleSignOn;
  const stored = toValues(provider);
  const form = useForm<ProviderValues>({ defaultValues: stored });
  const newer = useNewerState({
    form,
    values: stored,
    version: provider?.version ?? 0,
    path: PROVIDER_PATH,
  });
  const save = useSaveProvider();
  const [removing, setRemoving] = useState(false);
  const submit = (values: ProviderValues) =>
    newer.save(values, async () => {
      const { clientSecret, ...fields } = values;
      const isOther = provider !== null && isOtherClient(values, provider);
      await save.mutateAsync({
        input: {
          ...fields,
          ...(clientSecret !== '' && { clientSecret }),
          // It has to be signed in with first.
          enforced: provider?.enforced === true && !isOther,
        },
        before: provider ?? undefined,
      });
      toast.success(provider === null || isOther ? text.connected(values.name) : common.saved);
    });
  return (
    <>
      <SettingsForm
        title={text.title}
        description={text.text}
        form={form}
        fields={FIELDS}
        submitLabel={provider === null ? text.connect : common.save}
        onSubmit={submit}
        readOnly={!mayWrite}
        footer={provider !== null && <LastSignIn at={provider.signedInAt} />}
        actions={
          mayWrite &&
          provider !== null && (
            <Button variant="dangerGhost" onClick={() => setRemoving(true)}>
              {text.remove}
            </Button>
          )
        }
      >
        <ChangedMeanwhile
          newer={newer}
          labels={text}
          valueText={(name) => (name === 'defaultRole' ? roleName(stored.defaultRole) : undefined)}
        />
        <div className="flex flex-col gap-1.5">
          <p className="text-sm font-medium text-ink">{text.redirectUri}</p>
          <CopiedValue label={text.redirectUri} value={redirectUri} />
          <p className="text-xs text-ink-faint">{text.redirectUriHint}</p>
        </div>
        <ClientFields form={form} provider={provider} readOnly={!mayWrite} />
        <MemberFields form={form} readOnly={!mayWrite} />
      </SettingsForm>
      {removing && provider !== null && (
        <RemoveProvider provider={provider} onClose={() => setRemoving(false)} />
      )}
    </>
  );
}

const isOtherClient = (
  { issuer, clientId }: Pick<ProviderValues, 'issuer' | 'clientId'>,
  provider: IdentityProvider,
): boolean => issuer.trim() !== provider.issuer || clientId.trim() !== provider.clientId;

function LastSignIn({ at }: { readonly at: string | null }) {
  const text = useSingleSignOnText().provider;
  if (at === null) return <span>{text.noSignIn}</span>;
  return (
    <span>
      {text.lastSignIn} <TimeStamp value={at} />
    </span>
  );
}

interface FieldsProps {
  readonly form: ReturnType<typeof useForm<ProviderValues>>;
  readonly readOnly: boolean;
}

function ClientFields({
  form,
  provider,
  readOnly,
}: FieldsProps & { readonly provider: IdentityProvider | null }) {
  const text = useSingleSignOnText().provider;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const { errors } = form.formState;
  const [issuer, clientId] = useWatch({ control: form.control, name: ['issuer', 'clientId'] });
  const isOther = provider !== null && isOtherClient({ issuer, clientId }, provider);
  const needsSecret = provider === null || isOther;
  const required = { required: parts.required };
  return (
    <>
      <Field label={common.name} hint={text.nameHint} error={errors.name?.message} required>
        <Input
          autoComplete="off"
          placeholder={text.namePlaceholder}
          readOnly={readOnly}
          {...form.register('name', required)}
        />
      </Field>
      <IssuerField form={form} readOnly={readOnly} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.clientId} error={errors.clientId?.message} required>
          <Input
            autoComplete="off"
            spellCheck={false}
            readOnly={readOnly}
            className="font-mono"
            {...form.register('clientId', required)}
          />
        </Field>
        {!readOnly && (
          <Field
            label={text.clientSecret}
            hint={
              provider === null
                ? text.clientSecretNew
                : isOther
                  ? text.clientSecretAgain
                  : text.clientSecretKept
            }
            error={errors.clientSecret?.message}
            required={needsSecret}
          >
            <PasswordInput
              autoComplete="new-password"
              spellCheck={false}
              className="font-mono"
              {...form.register('clientSecret', needsSecret ? required : {})}
            />
          </Field>
        )}
      </div>
      {isOther && <Callout tone="warning">{text.otherClient}</Callout>}
    </>
  );
}

function MemberFields({ form, readOnly }: FieldsProps) {
  const text = useSingleSignOnText().provider;
  const roleName = useRoleName();
  const provisioning = useWatch({ control: form.control, name: 'provisioning' });
  return (
    <>
      <Controller
        control={form.control}
        name="provisioning"
        render={({ field }) => (
          <Switch
            label={text.provisioning}
            description={text.provisioningText}
            checked={field.value}
            disabled={readOnly}
            onCheckedChange={field.onChange}
          />
        )}
      />
      {provisioning && (
        <Field
          label={text.defaultRole}
          hint={text.defaultRoleHint}
          error={form.formState.errors.defaultRole?.message}
        >
          <Controller
            control={form.control}
            name="defaultRole"
            render={({ field }) =>
              readOnly ? (
                <Input readOnly value={roleName(field.value)} />
              ) : (
                <RoleSelect value={field.value} onChange={field.onChange} />
              )
            }
          />
        </Field>
      )}
    </>
  );
}

interface RemoveProviderProps {
  readonly provider: IdentityProvider;
  readonly onClose: () => void;
}

function RemoveProvider({ provider, onClose }: RemoveProviderProps) {
  const text = useSingleSignOnText().provider;
  const remove = useRemoveProvider(provider);
  return (
    <ConfirmAction
      title={text.removeTitle(provider.name)}
      confirmLabel={text.remove}
      confirmName={provider.name}
      run={() => remove.mutateAsync()}
      done={text.removed(provider.name)}
      onClose={onClose}
    >
      {text.removeText}
    </ConfirmAction>
  );
}
