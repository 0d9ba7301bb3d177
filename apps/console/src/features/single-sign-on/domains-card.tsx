'use client';
/** The domains of the organization: each with the record that shows whose it is. */
import { Badge, Button, Callout, Card, Field, IconButton, Input, TimeStamp, toast } from '@tollgate/ui';
import { Globe, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { CopiedValue } from './copied-value.tsx';
import { type Domain, useAddDomain, useRemoveDomain, useVerifyDomain } from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export function DomainsCard({ domains }: { readonly domains: readonly Domain[] }) {
  const text = useSingleSignOnText().domains;
  const mayWrite = usePermission('sso:write');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Domain>();
  return (
    <Card
      title={text.title}
      description={text.text}
      actions={
        mayWrite && (
          <Button
            icon={<Plus />}
            variant={domains.length === 0 ? 'primary' : 'secondary'}
            onClick={() => setAdding(true)}
          >
            {text.add}
          </Button>
        )
      }
    >
      {domains.length === 0 ? (
        <p className="text-sm text-ink-soft">{text.empty}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {domains.map((domain) => (
            <DomainRow key={domain.id} domain={domain} onRemove={() => setRemoving(domain)} />
          ))}
        </ul>
      )}
      {adding && <AddDomainDialog onClose={() => setAdding(false)} />}
      {removing && <RemoveDomain domain={removing} onClose={() => setRemoving(undefined)} />}
    </Card>
  );
}

interface DomainRowProps {
  readonly domain: Domain;
  readonly onRemove: () => void;
}

function DomainRow({ domain, onRemove }: DomainRowProps) {
  const text = useSingleSignOnText().domains;
  const mayWrite = usePermission('sso:write');
  const { name, verifiedAt, memberCount } = domain;
  return (
    <li className="flex flex-col gap-3 py-3 first:pt-0 last:pb-0">
      <div className="flex items-center gap-3">
        <Globe aria-hidden className="size-5 shrink-0 text-ink-faint" />
        <div className="flex min-w-0 flex-1 flex-col">
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-medium wrap-anywhere">{name}</span>
            <Badge tone={verifiedAt === null ? 'warning' : 'positive'}>
              {verifiedAt === null ? text.waiting : text.verified}
            </Badge>
          </span>
          <span className="text-xs text-ink-soft">
            {memberCount !== null && text.members(memberCount)}
            {memberCount !== null && verifiedAt !== null && ' · '}
            {verifiedAt !== null && (
              <>
                {text.since} <TimeStamp value={verifiedAt} />
              </>
            )}
          </span>
        </div>
        {mayWrite && (
          <IconButton label={text.removeOf(name)} onClick={onRemove}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      {verifiedAt === null ? (
        <Proof domain={domain} />
      ) : (
        <Disclosure title={text.record}>
          <RecordValues domain={domain} />
          <p className="text-xs text-ink-faint">{text.keep}</p>
        </Disclosure>
      )}
    </li>
  );
}

function RecordValues({ domain: { record } }: { readonly domain: Domain }) {
  const text = useSingleSignOnText().domains;
  return (
    <dl className="grid items-center gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_minmax(0,1fr)] sm:gap-y-2">
      <dt className="text-ink-faint">{text.recordType}</dt>
      <dd>
        <code className="font-mono text-xs">{record.type}</code>
      </dd>
      <dt className="text-ink-faint">{text.recordName}</dt>
      <dd>
        <CopiedValue label={text.recordName} value={record.name} />
      </dd>
      <dt className="text-ink-faint">{text.recordValue}</dt>
      <dd>
        <CopiedValue label={text.recordValue} value={record.value} />
      </dd>
    </dl>
  );
}

function Proof({ domain }: { readonly domain: Domain }) {
  const text = useSingleSignOnText().domains;
  const mayWrite = usePermission('sso:write');
  const toText = useProblemText();
  const verify = useVerifyDomain(domain.id);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-soft">{text.instruction(domain.name)}</p>
      <RecordValues domain={domain} />
      <p className="text-xs text-ink-faint">{text.recordHint}</p>
      {verify.error !== null && !verify.isPending && (
        <Callout tone="warning" title={text.notYet} live>
          <span className="wrap-anywhere">{toText(verify.error)}</span>
        </Callout>
      )}
      {mayWrite && (
        <div>
          <Button
            loading={verify.isPending}
            onClick={() =>
              verify.mutate(undefined, { onSuccess: ({ name }) => toast.success(text.verifiedNow(name)) })
            }
          >
            {text.check}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What it really takes, the API knows. */
function looksLikeDomain(typed: string): boolean {
  const last = typed.split('.').at(-1) ?? '';
  return /^[^\s/:@]+\.[^\s/:@]+$/.test(typed) && !/^\d*$/.test(last);
}

function AddDomainDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useSingleSignOnText().domains;
  const parts = useMessages('parts');
  const add = useAddDomain();
  const formKey = useIdempotencyKey();
  const form = useForm({ defaultValues: { name: '' } });
  return (
    <FormDialog
      title={text.add}
      description={text.addText}
      form={form}
      fields={['name']}
      submitLabel={text.add}
      onSubmit={({ name }) => add.mutateAsync({ name, idempotencyKey: idempotencyKeyOf(formKey, name) })}
      done={({ name }) => text.added(name)}
      onClose={onClose}
    >
      <Field label={text.name} hint={text.nameHint} error={form.formState.errors.name?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          inputMode="url"
          placeholder="example.com"
          {...form.register('name', {
            // Who pastes an address means what stands behind its @.
            setValueAs: (typed: string) => typed.trim().replace(/^.*@/, ''),
            required: parts.required,
            validate: (typed) => looksLikeDomain(typed) || text.nameWrong,
          })}
        />
      </Field>
    </FormDialog>
  );
}

interface RemoveDomainProps {
  readonly domain: Domain;
  readonly onClose: () => void;
}

function RemoveDomain({ domain: { id, name, verifiedAt }, onClose }: RemoveDomainProps) {
  const text = useSingleSignOnText().domains;
  const remove = useRemoveDomain(id);
  return (
    <ConfirmAction
      title={text.removeTitle(name)}
      confirmLabel={text.remove}
      {...(verifiedAt !== null && { confirmName: name })}
      run={() => remove.mutateAsync()}
      done={text.removed(name)}
      onClose={onClose}
    >
      {verifiedAt === null ? text.removeUnverifiedText : text.removeText}
    </ConfirmAction>
  );
}
