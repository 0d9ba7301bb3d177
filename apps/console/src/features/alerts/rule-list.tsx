'use client';
/** What is watched, for whom, and a switch for each. */
import type { AlertRule } from '@tollgate/api';
import { Badge, Button, type ColumnDef, Switch, toast } from '@tollgate/ui';
import { BellOff, BellRing, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { ListSection } from '../common/list-section.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { idOf } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  changeRuleCall,
  ruleName,
  STALE_AFTER_RULE_CHANGE,
  useChangeRule,
  useChannels,
  useRules,
} from './alert-api.ts';

const RuleDialog = later(async () => (await import('./rule-dialog.tsx')).RuleDialog);

type Opened = { readonly kind: 'create' } | { readonly kind: 'edit' | 'delete'; readonly rule: AlertRule };

const CSV = {
  id: ({ id }: AlertRule) => id,
  kind: ({ kind }: AlertRule) => kind,
  name: ({ name }: AlertRule) => name,
  enabled: ({ enabled }: AlertRule) => enabled,
  teamId: ({ teamId }: AlertRule) => teamId,
  settings: ({ settings }: AlertRule) => JSON.stringify(settings),
  channelIds: ({ channelIds }: AlertRule) => channelIds.join(' '),
  firing: ({ firing }: AlertRule) => firing,
};

export function RuleList() {
  const text = useMessages('alerts').rules;
  const mayWrite = usePermission('alerts:write');
  const rules = useRules();
  const [opened, setOpened] = useState<Opened>();
  const columns = useRuleColumns(rules.rows, mayWrite, setOpened);
  const close = useCallback(() => setOpened(undefined), []);
  const bulk = useRuleBulk();
  return (
    <ListSection
      text={text.text}
      actions={
        <span className="flex flex-wrap gap-2">
          <ListCsv<AlertRule> permission="alerts:read" path="/alert-rules" name="alert-rules" columns={CSV} />
          {mayWrite && (
            <Button variant="primary" icon={<Plus />} onClick={() => setOpened({ kind: 'create' })}>
              {text.create}
            </Button>
          )}
        </span>
      }
      caption={text.columns.rule}
      columns={columns}
      rows={rules.rows}
      getRowId={idOf}
      list={rules}
      columnChoice
      rememberAs="alert-rules"
      {...(mayWrite && {
        onRowClick: (rule: AlertRule) => setOpened({ kind: 'edit', rule }),
        bulkActions: bulk.actions,
      })}
    >
      {bulk.windows}
      {opened?.kind === 'create' && <RuleDialog onClose={close} />}
      {opened?.kind === 'edit' && <RuleDialog rule={opened.rule} onClose={close} />}
      {opened?.kind === 'delete' && <DeleteRule rule={opened.rule} onClose={close} />}
    </ListSection>
  );
}

function useRuleBulk() {
  const text = useMessages('alerts');
  const change = (enabled: boolean) => ({
    isFor: (rule: AlertRule) => rule.enabled !== enabled,
    toCall: (rule: AlertRule) => changeRuleCall({ rule, json: { enabled } }),
  });
  return useBulkChanges<AlertRule>({
    nameOf: (rule) => ruleName(rule, text.kinds),
    invalidates: STALE_AFTER_RULE_CHANGE,
    changes: [
      {
        id: 'pause',
        label: text.rules.pause,
        icon: <BellOff />,
        tone: 'primary',
        ...change(false),
        title: text.rules.pauseMany,
        text: <p>{text.rules.pauseManyText}</p>,
      },
      {
        id: 'resume',
        label: text.rules.resume,
        icon: <BellRing />,
        tone: 'primary',
        ...change(true),
        title: text.rules.resumeMany,
        text: <p>{text.rules.resumeManyText}</p>,
      },
    ],
  });
}

function useRuleColumns(
  rules: readonly AlertRule[],
  mayWrite: boolean,
  open: (opened: Opened) => void,
): ColumnDef<AlertRule>[] {
  const text = useMessages('alerts');
  const teamName = useTeamNames(rules.map(({ teamId }) => teamId));
  const channels = useChannels().rows;
  return useMemo<ColumnDef<AlertRule>[]>(
    () => [
      {
        id: 'rule',
        header: text.rules.columns.rule,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col gap-0.5">
            <span className="flex flex-wrap items-center gap-1.5 font-medium text-ink">
              {ruleName(original, text.kinds)}
              {original.firing > 0 && <Badge tone="warning">{text.rules.open(original.firing)}</Badge>}
            </span>
            <span className="max-w-xl text-xs text-ink-faint">{text.kindText[original.kind]}</span>
          </span>
        ),
      },
      {
        id: 'scope',
        header: text.rules.columns.scope,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.teamId === null ? text.rules.wholeOrganization : teamName(original.teamId),
      },
      {
        id: 'channels',
        header: text.rules.columns.channels,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => {
          const names = channels.filter(({ id }) => original.channelIds.includes(id)).map(({ name }) => name);
          return names.length === 0 ? (
            <span className="text-ink-faint">{text.rules.nobody}</span>
          ) : (
            names.join(', ')
          );
        },
      },
      {
        id: 'on',
        header: text.rules.columns.on,
        enableSorting: false,
        meta: { className: 'w-14' },
        cell: ({ row }) => <RuleSwitch rule={row.original} mayWrite={mayWrite} />,
      },
      actionsColumn(
        (row) =>
          mayWrite && (
            <RowMenu
              of={ruleName(row, text.kinds)}
              entries={[
                {
                  label: text.channels.edit,
                  icon: <Pencil />,
                  onSelect: () => open({ kind: 'edit', rule: row }),
                },
                ...(row.preset
                  ? []
                  : [
                      {
                        label: text.rules.delete,
                        icon: <Trash2 />,
                        tone: 'danger' as const,
                        onSelect: () => open({ kind: 'delete', rule: row }),
                      },
                    ]),
              ]}
            />
          ),
        'narrow',
      ),
    ],
    [text, teamName, channels, mayWrite, open],
  );
}

function RuleSwitch({ rule, mayWrite }: { readonly rule: AlertRule; readonly mayWrite: boolean }) {
  const text = useMessages('alerts');
  const toText = useProblemText();
  const change = useChangeRule();
  const name = ruleName(rule, text.kinds);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click on the switch from opening the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <span onClick={(event) => event.stopPropagation()}>
      <Switch
        aria-label={text.rules.switch(name)}
        checked={change.isPending ? !rule.enabled : rule.enabled}
        disabled={!mayWrite || change.isPending}
        onCheckedChange={(enabled) => {
          // Awaited, not by callbacks of this call: the list that comes anew takes this row's place, and they with it.
          change.mutateAsync({ rule, json: { enabled } }).then(
            () => void toast.success(enabled ? text.rules.on(name) : text.rules.off(name)),
            (error: unknown) => void toast.error(toText(error)),
          );
        }}
      />
    </span>
  );
}

function DeleteRule({ rule, onClose }: { readonly rule: AlertRule; readonly onClose: () => void }) {
  const text = useMessages('alerts');
  const remove = useApiMutation<void>(() => ({ path: `/alert-rules/${rule.id}`, method: 'DELETE' }), {
    invalidates: ['/alert-rules', '/alerts'],
  });
  return (
    <ConfirmAction
      title={text.rules.deleteTitle(ruleName(rule, text.kinds))}
      confirmLabel={text.rules.delete}
      run={() => remove.mutateAsync()}
      done={text.rules.deleted}
      onClose={onClose}
    >
      {text.rules.deleteText}
    </ConfirmAction>
  );
}
