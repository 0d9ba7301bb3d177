'use client';
/** Adds an endpoint and shows its secret, this once; or changes one. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { WebhookEndpoint } from '@tollgate/api';
import { Checkbox, Field, Input, Switch, toast } from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useChangeEndpoint } from './alert-api.ts';
import { EndpointSecretDialog } from './endpoint-secret-dialog.tsx';
import { EVENT_TYPES } from './event-types.ts';

interface EndpointValues {
  url: string;
  name: string;
  all: boolean;
  events: readonly string[];
}

interface WithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export interface EndpointDialogProps {
  readonly endpoint?: WebhookEndpoint;
  readonly onClose: () => void;
}

export function EndpointDialog({ endpoint, onClose }: EndpointDialogProps) {
  const [secret, setSecret] = useState<string>();
  if (secret !== undefined) return <EndpointSecretDialog secret={secret} onClose={onClose} />;
  return (
    <EndpointForm
      {...(endpoint !== undefined && { endpoint })}
      onClose={onClose}
      onDone={(made) => (made === undefined ? onClose() : setSecret(made))}
    />
  );
}

const toValues = (endpoint: WebhookEndpoint | undefined): EndpointValues => ({
  url: endpoint?.url ?? '',
  name: endpoint?.name ?? '',
  all: endpoint?.events.includes('*') ?? true,
  events: endpoint?.events.filter((type) => type !== '*') ?? [],
});

interface EndpointFormProps extends EndpointDialogProps {
  /** With the secret of a new one. */
  readonly onDone: (secret: string | undefined) => void;
}

function EndpointForm({ endpoint: opened, onClose, onDone }: EndpointFormProps) {
  const text = useMessages('alerts').webhooks;
  const { required } = useMessages('parts');
  const schema = z.custom<EndpointValues>().superRefine((values, context) => {
    const refuse = (path: string) => context.addIssue({ code: 'custom', path: [path], message: required });
    if (values.url.trim() === '') refuse('url');
    if (!values.all && values.events.length === 0) refuse('events');
  });
  const [endpoint, setEndpoint] = useOpened(opened);
  const form = useForm<EndpointValues>({
    resolver: zodResolver(schema),
    defaultValues: toValues(endpoint),
  });
  const newer = useNewerThing({
    form,
    opened: [endpoint, setEndpoint],
    toValues,
    path: `/webhook-endpoints/${endpoint?.id}`,
  });
  const key = useIdempotencyKey();
  const create = useApiMutation<WithSecret, object>(
    (json) => ({ path: '/webhook-endpoints', json, idempotencyKey: idempotencyKeyOf(key, json) }),
    { invalidates: ['/webhook-endpoints'] },
  );
  const change = useChangeEndpoint();
  const submit = async ({ url, name, all, events }: EndpointValues): Promise<string | undefined> => {
    const json = { url: url.trim(), name: name.trim(), events: all ? ['*'] : [...events] };
    if (endpoint === undefined) return (await create.mutateAsync(json)).secret;
    await change.mutateAsync({ endpoint, json });
    return undefined;
  };
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  return (
    <FormDialog
      form={form}
      fields={['url', 'name', 'events']}
      title={endpoint === undefined ? text.createTitle : text.editTitle}
      submitLabel={endpoint === undefined ? text.submit : text.save}
      onSubmit={submit}
      meanwhile={
        newer && {
          newer,
          labels: { url: text.url, name: text.name, all: text.allEvents, events: text.which },
        }
      }
      onDone={(secret) => {
        if (endpoint !== undefined) toast.success(text.saved);
        onDone(secret);
      }}
      onClose={onClose}
    >
      <Field label={text.url} required hint={text.urlHint} error={errors.url?.message}>
        <Input
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder="https://example.com/webhooks/tollgate"
          {...register('url')}
        />
      </Field>
      <Field label={text.name} error={errors.name?.message}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      <Controller
        control={control}
        name="all"
        render={({ field }) => (
          <Switch
            label={text.allEvents}
            description={text.whichAll}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      {!watch('all') && (
        <Field label={text.which} error={errors.events?.message}>
          <Controller
            control={control}
            name="events"
            render={({ field }) => (
              <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
                {EVENT_TYPES.map((type) => (
                  <Checkbox
                    key={type}
                    label={<code className="font-mono text-xs">{type}</code>}
                    checked={field.value.includes(type)}
                    onCheckedChange={(checked) =>
                      field.onChange(
                        checked ? [...field.value, type] : field.value.filter((one) => one !== type),
                      )
                    }
                  />
                ))}
              </div>
            )}
          />
        </Field>
      )}
    </FormDialog>
  );
}
