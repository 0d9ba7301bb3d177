'use client';
/** One prompt for all columns: settings at the side, answers in the middle, the next message below. */
import { Button, classNames } from '@tollgate/ui';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { CodeDialog } from './code-dialog.tsx';
import { Composer } from './composer.tsx';
import { MAX_COLUMNS, parseTools, type Settings } from './conversation.ts';
import { ModelColumn } from './model-column.tsx';
import { SavedPrompts } from './saved-prompts.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { StartNotice } from './start-notice.tsx';
import { usePlayground } from './use-playground.ts';
import type { PlaygroundStart } from './use-playground-start.ts';

export interface ChatPanelProps {
  readonly start: PlaygroundStart;
  readonly codeOpen: boolean;
  readonly onCodeClose: () => void;
}

/** As many columns as there are; they scroll sideways where a screen is too narrow for them. */
const GRID: Readonly<Record<number, string>> = {
  1: 'grid-cols-1',
  2: 'grid-cols-[repeat(2,minmax(17rem,1fr))]',
  3: 'grid-cols-[repeat(3,minmax(17rem,1fr))]',
  4: 'grid-cols-[repeat(4,minmax(17rem,1fr))]',
};

export function ChatPanel({ start, codeOpen, onCodeClose }: ChatPanelProps) {
  const text = useMessages('playground');
  const url = useUrlState();
  const [settings, setSettings] = useState(start.settings);
  const [draft, setDraft] = useState(start.message);
  const playground = usePlayground(settings, start);
  const { columns, turns, running } = playground;
  const share = (models: readonly string[], { parameters }: Settings) =>
    url.set({
      models: models.filter((model) => model !== '').join(','),
      temperature: parameters.temperature,
      maxTokens: parameters.maxTokens,
      request: undefined,
    });
  const setModel = (columnId: string, model: string) => {
    playground.setModel(columnId, model);
    share(
      columns.map((one) => (one.id === columnId ? model : one.model)),
      settings,
    );
  };
  const tools = parseTools(settings.tools);
  const ready = columns.some(({ model }) => model !== '') && 'tools' in tools;
  return (
    <div className="grid min-w-0 gap-5 xl:grid-cols-[19rem_minmax(0,1fr)]">
      <div className="order-2 min-w-0 xl:order-1">
        <SettingsPanel
          settings={settings}
          onChange={(next) => {
            setSettings(next);
            share(
              columns.map(({ model }) => model),
              next,
            );
          }}
        >
          <SavedPrompts
            settings={settings}
            columns={columns}
            draft={draft || (turns.at(-1)?.text ?? '')}
            prompt={start.prompt}
            onOpen={(content) => {
              setSettings({ ...settings, ...content.settings });
              setDraft(content.message);
              playground.restart(content.models.length > 0 ? content.models : undefined);
              share(content.models, content.settings);
            }}
          />
        </SettingsPanel>
      </div>
      <div className="order-1 flex min-w-0 flex-col gap-4 xl:order-2">
        {start.raw === undefined && <StartNotice start={start} />}
        <div
          className={classNames(
            'grid min-w-0 gap-3 overflow-x-auto pb-1',
            GRID[columns.length] ?? GRID[MAX_COLUMNS],
          )}
        >
          {columns.map((column, position) => (
            <ModelColumn
              key={column.id}
              column={column}
              position={position + 1}
              turns={turns}
              running={running}
              onModelChange={(model) => setModel(column.id, model)}
              onRemove={columns.length > 1 ? () => playground.removeColumn(column.id) : undefined}
              onToolResult={(stepId, callId, result) =>
                playground.setToolResult(column.id, stepId, callId, result)
              }
              onProceed={() => playground.proceed(column.id)}
              onRetry={() => playground.retry(column.id)}
            />
          ))}
        </div>
        <Composer
          draft={draft}
          onDraftChange={setDraft}
          ready={ready}
          running={running}
          onStop={playground.stop}
          onSend={(message, images) => {
            playground.ask(message, images);
            setDraft('');
          }}
          action={
            columns.length < MAX_COLUMNS && (
              <Button variant="ghost" icon={<Plus />} onClick={() => playground.addColumn()}>
                {text.addModel}
              </Button>
            )
          }
        />
      </div>
      {codeOpen && (
        <CodeDialog settings={settings} columns={columns} turns={turns} draft={draft} onClose={onCodeClose} />
      )}
    </div>
  );
}
