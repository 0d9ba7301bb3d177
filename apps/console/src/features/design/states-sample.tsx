'use client';
/** What stands in the place of content: the same on every page. */
import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  Field,
  Input,
  OfflineNotice,
  PasswordInput,
  RadioGroup,
  Skeleton,
  SkeletonText,
  Spinner,
  StatCard,
} from '@tollgate/ui';
import { KeyRound, Lock, SearchX } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useDesignText } from './use-design-text.ts';

export function StatesSample() {
  const text = useDesignText();
  const parts = useMessages('parts');
  const common = useMessages('common');
  const keys = useMessages('keys');
  const problems = useMessages('problems');
  return (
    <div className="flex flex-col gap-4">
      <div className="overflow-hidden rounded-lg border border-line">
        <OfflineNotice />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-3 [&>*]:min-w-0">
        <Card flush title={text.states.teaches}>
          <EmptyState
            icon={<KeyRound />}
            title={keys.emptyTitle}
            action={<Button variant="primary">{keys.create}</Button>}
          >
            {keys.emptyText}
          </EmptyState>
        </Card>
        <Card flush title={text.states.filters}>
          <EmptyState
            icon={<SearchX />}
            title={parts.noMatchTitle}
            action={<Button>{common.clearFilters}</Button>}
          >
            {parts.noMatchText}
          </EmptyState>
        </Card>
        <Card flush title={text.states.forbidden}>
          <EmptyState icon={<Lock />} title={parts.forbiddenTitle}>
            {parts.forbiddenText('keys:read')}
          </EmptyState>
        </Card>
        <Card flush title={text.states.failed}>
          <ErrorState
            detail={problems.codes.service_unavailable}
            requestId="req_01J9ZK"
            onRetry={() => undefined}
          />
        </Card>
        <Card flush title={text.states.offline}>
          <ErrorState detail={problems.codes.network_error} onRetry={() => undefined} />
        </Card>
        <Card title={text.states.loading}>
          <div className="flex flex-col gap-3">
            <SkeletonText lines={3} />
            <Skeleton className="h-16" />
            <span className="flex items-center gap-2 text-sm text-ink-soft">
              <Spinner />
              <Button loading>{common.save}</Button>
            </span>
            <StatCard label={common.name} value="" loading />
          </div>
        </Card>
        <Card title={text.states.fields}>
          <div className="flex flex-col gap-4">
            <Field label={common.name} error={problems.fields.required()} required>
              <Input />
            </Field>
            <Field label={common.password} error={problems.fields.weak_password()}>
              <PasswordInput autoComplete="off" />
            </Field>
            <Field label={parts.role}>
              <RadioGroup
                defaultValue="developer"
                options={[
                  { value: 'developer', label: parts.roles.developer },
                  { value: 'viewer', label: parts.roles.viewer },
                  { value: 'owner', label: parts.roles.owner, disabled: true },
                ]}
              />
            </Field>
          </div>
        </Card>
      </div>
    </div>
  );
}
