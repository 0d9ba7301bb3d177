'use client';
/** Adds a channel, or changes one. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { NotificationChannel } from '@tollgate/api';
import { Combobox, Field, Input, MultiSelect, RadioGroup, Select, Switch } from '@tollgate/ui';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { MemberMultiSelect } from '../common/member-select.tsx';
import { useRoleName, useRoles } from '../common/names.ts';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useChangeChannel } from './alert-api.ts';
import { type ChannelValues, channelValues, parseClock, toChannelBody } from './channel-form-values.ts';

const FIELDS = [
  'kind',
  'name',
  'roles',
  'memberIds',
  'addresses',
  'url',
  'locale',
  'timeZone',
  'quietFrom',
  'quietTo',
  'digestAt',
] as const;
const API_FIELDS = {
  recipients: 'roles',
  'recipients.memberIds': 'memberIds',
  'recipients.addresses': 'addresses',
  quietFromMinute: 'quietFrom',
  quietToMinute: 'quietTo',
} as const;
const BUILT_IN_ROLES = ['owner', 'admin', 'finance', 'developer', 'viewer'];

export interface ChannelDialogProps {
  readonly channel?: NotificationChannel;
  readonly onClose: () => void;
}

export function ChannelDialog({ channel: opened, onClose }: ChannelDialogProps) {
  const text = useMessages('alerts').channels;
  const locale = useLocale();
  const [channel, setChannel] = useOpened(opened);
  const form = useChannelForm(channelValues(channel, locale), channel !== undefined);
  const newer = useNewerThing({
    form,
    opened: [channel, setChannel],
    toValues: (of) => channelValues(of, locale),
    toSigns: (of) => ({ url: of?.urlHint }),
    path: `/notification-channels/${channel?.id}`,
  });
  const roleName = useRoleName();
  const key = useIdempotencyKey();
  const create = useApiMutation<NotificationChannel, object>(
    (json) => ({ path: '/notification-channels', json, idempotencyKey: idempotencyKeyOf(key, json) }),
    { invalidates: ['/notification-channels', '/roles'] },
  );
  const change = useChangeChannel();
  const submit = (values: ChannelValues) => {
    const json = toChannelBody(values);
    return channel === undefined
      ? create.mutateAsync({ ...json, kind: values.kind })
      : change.mutateAsync({ channel, json });
  };
  return (
    <FormDialog<ChannelValues, unknown>
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      size="lg"
      title={channel === undefined ? text.createTitle : text.editTitle(channel.name)}
      submitLabel={channel === undefined ? text.submit : text.save}
      onSubmit={submit}
      meanwhile={
        newer && {
          newer,
          labels: { ...text, memberIds: text.members, digestWeekday: text.digestDay },
          valueText: (name, latest) => {
            if (name === 'roles') return latest.roles.map(roleName).join(', ');
            if (name === 'url') return channel?.urlHint;
            if (name === 'memberIds') return text.memberCount(latest.memberIds.length);
            if (name === 'digest') return text.digests[latest.digest];
            const weekdays: Readonly<Record<string, string>> = text.weekdays;
            return name === 'digestWeekday' ? weekdays[latest.digestWeekday] : undefined;
          },
        }
      }
      done={channel === undefined ? text.created : text.saved}
      onClose={onClose}
    >
      <TargetFields form={form} channel={channel} />
      <TimeFields form={form} />
    </FormDialog>
  );
}

function useChannelForm(defaultValues: ChannelValues, existing: boolean) {
  const text = useMessages('alerts').channels;
  const { required } = useMessages('parts');
  const schema = z.custom<ChannelValues>().superRefine((values, context) => {
    const refuse = (path: keyof ChannelValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (values.name.trim() === '') refuse('name', required);
    if (values.kind === 'slack' && !existing && values.url.trim() === '') refuse('url', required);
    if (
      values.kind === 'email' &&
      values.roles.length + values.memberIds.length === 0 &&
      values.addresses.trim() === ''
    ) {
      refuse('roles', required);
    }
    const quiet = [values.quietFrom, values.quietTo].map((one) => one.trim());
    if (quiet.some((one) => one !== '')) {
      if (parseClock(values.quietFrom) === undefined) refuse('quietFrom', text.timeWrong);
      if (parseClock(values.quietTo) === undefined) refuse('quietTo', text.timeWrong);
    }
    if (values.digest !== 'none' && parseClock(values.digestAt) === undefined)
      refuse('digestAt', text.timeWrong);
  });
  return useForm<ChannelValues>({ resolver: zodResolver(schema), defaultValues });
}

interface FieldsProps {
  readonly form: UseFormReturn<ChannelValues>;
}

function TargetFields({
  form,
  channel,
}: FieldsProps & { readonly channel: NotificationChannel | undefined }) {
  const text = useMessages('alerts').channels;
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const kind = watch('kind');
  return (
    <>
      {channel === undefined && (
        <Field label={text.kind}>
          <Controller
            control={control}
            name="kind"
            render={({ field }) => (
              <RadioGroup
                appearance="cards"
                value={field.value}
                onValueChange={field.onChange}
                options={(['email', 'slack'] as const).map((value) => ({ value, label: text.kinds[value] }))}
              />
            )}
          />
        </Field>
      )}
      <Field label={text.name} required error={errors.name?.message}>
        <Input autoFocus autoComplete="off" {...register('name')} />
      </Field>
      {kind === 'slack' ? (
        <Field
          label={text.url}
          required={channel === undefined}
          hint={channel === undefined ? text.urlHint : text.urlKeep(channel.urlHint)}
          error={errors.url?.message}
        >
          <Input
            autoComplete="off"
            spellCheck={false}
            placeholder="https://hooks.slack.com/services/…"
            className="font-mono"
            {...register('url')}
          />
        </Field>
      ) : (
        <RecipientFields form={form} />
      )}
    </>
  );
}

function RecipientFields({ form }: FieldsProps) {
  const text = useMessages('alerts').channels;
  const roleName = useRoleName();
  const own = useRoles().data?.data ?? [];
  const { control, register, formState, getValues } = form;
  // What was chosen stays to be seen, also where one may not read the organization's roles, or one is gone.
  const roles = [...new Set([...BUILT_IN_ROLES, ...own.map(({ id }) => id), ...getValues('roles')])];
  const { errors } = formState;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.roles} error={errors.roles?.message}>
          <Controller
            control={control}
            name="roles"
            render={({ field }) => (
              <MultiSelect
                allLabel={text.allRoles}
                value={field.value}
                onValueChange={field.onChange}
                options={roles.map((value) => ({ value, label: roleName(value) }))}
              />
            )}
          />
        </Field>
        <Field label={text.members} error={errors.memberIds?.message}>
          <Controller
            control={control}
            name="memberIds"
            render={({ field }) => (
              <MemberMultiSelect
                allLabel={text.noMembers}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      </div>
      <Field label={text.addresses} hint={text.addressesHint} error={errors.addresses?.message}>
        <Input
          autoComplete="off"
          spellCheck={false}
          placeholder="finance@example.com"
          {...register('addresses')}
        />
      </Field>
    </>
  );
}

function TimeFields({ form }: FieldsProps) {
  const text = useMessages('alerts').channels;
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const digest = watch('digest');
  const wrong = errors.quietFrom ?? errors.quietTo ?? errors.digestAt ?? errors.timeZone;
  const used = digest !== 'none' || watch('quietFrom') !== '' || watch('timeZone') !== '';
  return (
    <Disclosure title={text.timing} open={used || wrong !== undefined}>
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <Field label={text.quietFrom} hint={text.quietHint} error={errors.quietFrom?.message}>
          <Input autoComplete="off" placeholder="22:00" className="tabular" {...register('quietFrom')} />
        </Field>
        <Field label={text.quietTo} error={errors.quietTo?.message}>
          <Input autoComplete="off" placeholder="07:00" className="tabular" {...register('quietTo')} />
        </Field>
        <Field label={text.timeZone} hint={text.timeZoneHint} error={errors.timeZone?.message}>
          <Controller
            control={control}
            name="timeZone"
            render={({ field }) => (
              <Combobox
                clearable
                placeholder="–"
                value={field.value === '' ? undefined : field.value}
                onValueChange={(value) => field.onChange(value ?? '')}
                options={ZONES}
              />
            )}
          />
        </Field>
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <Field label={text.digest}>
          <Controller
            control={control}
            name="digest"
            render={({ field }) => (
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={(['none', 'daily', 'weekly'] as const).map((value) => ({
                  value,
                  label: text.digests[value],
                }))}
              />
            )}
          />
        </Field>
        {digest === 'weekly' && (
          <Field label={text.digestDay}>
            <Controller
              control={control}
              name="digestWeekday"
              render={({ field }) => (
                <Select
                  value={field.value}
                  onValueChange={field.onChange}
                  options={Object.entries(text.weekdays).map(([value, label]) => ({ value, label }))}
                />
              )}
            />
          </Field>
        )}
        {digest !== 'none' && (
          <Field label={text.digestAt} error={errors.digestAt?.message}>
            <Input autoComplete="off" className="tabular" {...register('digestAt')} />
          </Field>
        )}
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Controller
          control={control}
          name="breakThrough"
          render={({ field }) => (
            <Switch
              label={text.breakThrough}
              description={text.breakThroughHint}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
        <Field label={text.locale} hint={text.localeHint}>
          <Controller
            control={control}
            name="locale"
            render={({ field }) => (
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={[
                  { value: 'en', label: 'English' },
                  { value: 'de', label: 'Deutsch' },
                ]}
              />
            )}
          />
        </Field>
      </div>
    </Disclosure>
  );
}

const ZONES = Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }));
