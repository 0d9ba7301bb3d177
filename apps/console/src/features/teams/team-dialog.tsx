'use client';
/** Creates a team or changes one. The slug follows the name until it is typed. */
import type { ListedTeam, Team } from '@tollgate/api';
import { Field, Input, toast } from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { etagOfTime, idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useTeamNames } from '../common/team-names.ts';
import { TeamSelect } from '../common/team-select.tsx';
import { toSlug } from './slug.ts';

interface TeamForm {
  name: string;
  slug: string;
  parentId: string;
  costCenter: string;
}

const toValues = (team: Team | undefined): TeamForm => ({
  name: team?.name ?? '',
  slug: team?.slug ?? '',
  parentId: team?.parentId ?? '',
  costCenter: team?.costCenter ?? '',
});

export interface TeamDialogProps {
  /** The team to change; without it a new one. */
  readonly team?: Team | undefined;
  readonly onClose: () => void;
  readonly onCreated?: (team: Team) => void;
}

export function TeamDialog({ team: opened, onClose, onCreated }: TeamDialogProps) {
  const text = useMessages('teams');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const [team, setTeam] = useOpened(opened);
  const [slugTyped, setSlugTyped] = useState(team !== undefined);
  const formKey = useIdempotencyKey();
  const form = useForm<TeamForm>({
    defaultValues: toValues(team),
  });
  const newer = useNewerThing({ form, opened: [team, setTeam], toValues, path: `/teams/${team?.id}` });
  const parentName = useTeamNames([team?.parentId]);
  const { errors } = form.formState;
  const save = useApiMutation<Team, TeamForm>(
    ({ slug, parentId, ...fields }) => {
      const json = { ...fields, parentId: parentId || null, ...(slug && { slug }) };
      return team === undefined
        ? { path: '/teams', json, idempotencyKey: idempotencyKeyOf(formKey, json) }
        : { path: `/teams/${team.id}`, method: 'PATCH', json, ifMatch: etagOfTime(team.updatedAt) };
    },
    { invalidates: ['/teams'] },
  );
  const submit = async (values: TeamForm) => {
    const saved = await save.mutateAsync(values);
    toast.success(team ? common.saved : text.created(saved.name));
    if (team === undefined) onCreated?.(saved);
  };
  // A team cannot go below itself.
  const isOffered = ({ path }: ListedTeam) => team === undefined || !path.includes(team.id);
  return (
    <FormDialog<TeamForm, void>
      title={team ? text.editTitle(team.name) : text.createTitle}
      description={team ? undefined : text.createText}
      form={form}
      fields={['name', 'slug', 'parentId', 'costCenter']}
      submitLabel={team ? common.save : text.create}
      onSubmit={submit}
      meanwhile={
        newer && {
          newer,
          labels: { name: common.name, slug: text.slug, costCenter: text.costCenter, parentId: text.parent },
          valueText: (name, { parentId }) =>
            name === 'parentId' && parentId !== '' ? parentName(parentId) : undefined,
        }
      }
      onClose={onClose}
    >
      <Field label={common.name} error={errors.name?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          placeholder={text.namePlaceholder}
          {...form.register('name', {
            required: parts.required,
            onChange: (event: { target: { value: string } }) => {
              if (!slugTyped) form.setValue('slug', toSlug(event.target.value));
            },
          })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.slug} error={errors.slug?.message} hint={text.slugHint}>
          <Input
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            {...form.register('slug', { onChange: () => setSlugTyped(true) })}
          />
        </Field>
        <Field label={text.costCenter} error={errors.costCenter?.message} hint={text.costCenterHint} optional>
          <Input autoComplete="off" placeholder="CC-4100" {...form.register('costCenter')} />
        </Field>
      </div>
      <Field label={text.parent} error={errors.parentId?.message} hint={text.parentHint} optional>
        <Controller
          control={form.control}
          name="parentId"
          render={({ field }) => (
            <TeamSelect
              value={field.value}
              onChange={field.onChange}
              clearable
              placeholder={text.noParent}
              isOffered={isOffered}
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}
