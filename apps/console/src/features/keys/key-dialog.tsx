'use client';
/** Creates a key, or changes one. A new key's secret follows in its own dialog. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { KeyDetail, KeyWithSecret } from '@tollgate/api';
import { formatExact } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useMe, useOrganizationZone } from '../shell/use-me.ts';
import { KeyFields } from './key-fields.tsx';
import {
  findWrongTag,
  isOpenToAll,
  type KeyBody,
  type KeyFormValues,
  keySigns,
  keyValues,
  newKeyValues,
  toExpiresAt,
  toKeyBody,
  toNewModels,
} from './key-form-values.ts';
import { findWrongRules, toKeyRules } from './key-rules.ts';
import { NewKeyReachPanel, ScopePreviewPanel } from './scope-preview-panel.tsx';
import { useReadUsualKeyRules, useUsualExpiry, useUsualKeyRules } from './usual-key-rules.ts';
import { UsualRules } from './usual-rules.tsx';

const FIELDS = [
  'name',
  'teamId',
  'ownerId',
  'expiry',
  'models',
  'providers',
  'endpoints',
  'ipAllowlist',
  'tags',
  'budgetUsd',
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrency',
] as const;
/** Where the API says it of another part of the body than the form has. */
const API_FIELDS = { 'budget.limitUsd': 'budgetUsd', expiresAt: 'expiry' } as const;

/** Checks what the API cannot word as well; everything else is the API's to judge. */
function useKeyForm(defaultValues: KeyFormValues) {
  const text = useMessages('keys').form;
  const { amountWrong, countWrong } = useMessages('limits');
  const { required } = useMessages('parts');
  const locale = useLocale();
  const timeZone = useOrganizationZone();
  const schema = z.custom<KeyFormValues>().superRefine((values, context) => {
    const refuse = (path: keyof KeyFormValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (values.name.trim() === '') refuse('name', required);
    const wrong = findWrongTag(values.tags);
    if (wrong !== undefined) refuse('tags', text.tagsWrong(wrong));
    for (const { field, kind } of findWrongRules(values, locale)) {
      refuse(field, kind === 'amount' ? amountWrong : countWrong);
    }
    const expiresAt = toExpiresAt(values, Date.now(), timeZone);
    if (values.expiry === 'custom' && !(expiresAt && Date.parse(expiresAt) > Date.now())) {
      refuse('expiryDate', text.dateMissing);
    }
  });
  return useForm<KeyFormValues>({ resolver: zodResolver(schema), defaultValues });
}

export interface CreateKeyDialogProps {
  readonly teamId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly onClose: () => void;
  readonly onCreated: (created: KeyWithSecret) => void;
}

export function CreateKeyDialog({ teamId: ofTeam, ownerId, onClose, onCreated }: CreateKeyDialogProps) {
  const text = useMessages('keys').form;
  const me = useMe().data;
  const locale = useLocale();
  const form = useKeyForm({
    ...newKeyValues(me?.membershipId ?? null),
    ...(ofTeam && { teamId: ofTeam }),
    ...(ownerId && { ownerId }),
  });
  const idempotencyKey = useIdempotencyKey();
  const timeZone = useOrganizationZone();
  const teamId = form.watch('teamId');
  const usual = useUsualKeyRules(teamId);
  const readUsual = useReadUsualKeyRules();
  useUsualExpiry(form, usual);
  // Expiry counts from the opening: the same form sent again must be the same request.
  const [openedAtMs] = useState(Date.now);
  const create = useApiMutation<KeyWithSecret, KeyBody>(
    (json) => ({ path: '/keys', json, idempotencyKey: idempotencyKeyOf(idempotencyKey, json) }),
    { invalidates: ['/keys', '/budgets', '/rate-limits'] },
  );
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      size="lg"
      title={text.title}
      description={text.description}
      submitLabel={text.submit}
      apiFields={API_FIELDS}
      onSubmit={async (values) => {
        const { models: _written, ...body } = toKeyBody(values, openedAtMs, timeZone);
        const rules = toKeyRules(values, locale, await readUsual(values.teamId));
        const models = toNewModels(values);
        onCreated(await create.mutateAsync({ ...body, ...rules, ...(models !== undefined && { models }) }));
      }}
      onClose={onClose}
    >
      <KeyFields form={form} usual={usual} />
      <NewKeyReachPanel form={form} />
      <UsualRules teamId={teamId} rules={usual} />
    </FormDialog>
  );
}

export function EditKeyDialog({
  subject: opened,
  onClose,
}: {
  readonly subject: KeyDetail;
  readonly onClose: () => void;
}) {
  const text = useMessages('keys').form;
  const { owners, neverExpires } = useMessages('keys');
  const locale = useLocale();
  const timeZone = useOrganizationZone();
  const [subject, setSubject] = useOpened(opened);
  const form = useKeyForm(keyValues(subject));
  const newer = useNewerThing({
    form,
    opened: [subject, setSubject],
    toValues: keyValues,
    toSigns: keySigns,
    path: `/keys/${subject.id}`,
  });
  const change = useApiMutation<KeyDetail, KeyBody>(
    (json) => ({ path: `/keys/${subject.id}`, method: 'PATCH', json, ifMatch: `"${subject.version}"` }),
    { invalidates: ['/keys'] },
  );
  const expiryText = (at: string | null) =>
    at === null ? neverExpires : formatExact(Date.parse(at), locale, timeZone);
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      size="lg"
      title={text.editTitle}
      description={text.editText}
      submitLabel={text.save}
      onSubmit={(values) => change.mutateAsync(toKeyBody(values, Date.now(), timeZone))}
      meanwhile={
        newer && {
          newer,
          labels: {
            name: text.name,
            teamId: text.team,
            ownerId: owners.label,
            models: text.models,
            providers: text.providers,
            endpoints: text.endpoints,
            ipAllowlist: text.ipAllowlist,
            tags: text.tags,
            expiry: text.expires,
          },
          valueText: (name, latest) => {
            if (name === 'teamId') return subject.teamName ?? '';
            if (name === 'ownerId') return subject.ownerName ?? '';
            if (name === 'expiry') return expiryText(subject.expiresAt);
            return isOpenToAll(name, latest) ? text.emptyAllowsAll : undefined;
          },
        }
      }
      onClose={onClose}
    >
      <KeyFields form={form} existing />
      <ScopePreviewPanel keyId={subject.id} form={form} />
    </FormDialog>
  );
}
