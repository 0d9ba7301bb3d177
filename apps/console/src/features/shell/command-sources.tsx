'use client';
/**
 * Extension point of the command palette. A feature adds what can be found or done:
 * `useCommandSource({ id: 'keys', title: 'Keys', search: (query) => Promise<CommandItem[]> })` while it is
 * mounted, or `items` for actions of the current screen.
 */
import type { CommandItem } from '@tollgate/ui';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';

export interface CommandSource {
  readonly id: string;
  readonly title: string;
  /** Always offered, filtered by what is typed. */
  readonly items?: readonly CommandItem[];
  /** Asked after a pause in typing, from two letters on. */
  readonly search?: (query: string, signal: AbortSignal) => Promise<readonly CommandItem[]>;
  /** What it finds stands below what the others found: it finds by whole texts, they by names. */
  readonly last?: boolean;
}

interface CommandState {
  readonly sources: readonly CommandSource[];
  readonly open: boolean;
}

/**
 * Outside of React's state: a context that changed while the browser takes a page over would make React take all that is
 * below over at once, without letting anything else through.
 */
interface CommandStore {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly read: () => CommandState;
  readonly setOpen: (open: boolean) => void;
  readonly add: (source: CommandSource) => () => void;
}

const CommandContext = createContext<CommandStore | undefined>(undefined);
const CLOSED: CommandState = { sources: [], open: false };

export function CommandSourcesProvider({ children }: { readonly children: ReactNode }) {
  const [store] = useState(openCommandStore);
  return <CommandContext value={store}>{children}</CommandContext>;
}

function openCommandStore(): CommandStore {
  let state = CLOSED;
  const listeners = new Set<() => void>();
  const change = (changed: Partial<CommandState>) => {
    state = { ...state, ...changed };
    for (const listener of listeners) listener();
  };
  return {
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    read: () => state,
    setOpen: (open) => change({ open }),
    add: (source) => {
      change({ sources: [...state.sources.filter(({ id }) => id !== source.id), source] });
      return () => change({ sources: state.sources.filter((one) => one !== source) });
    },
  };
}

function useCommandStore(): CommandStore {
  const store = useContext(CommandContext);
  if (store === undefined) {
    throw new Error('Cannot use the command palette: CommandSourcesProvider must be above, got none');
  }
  return store;
}

/** What can be found now, for the palette itself. */
export function useCommandState(): CommandState {
  const { subscribe, read } = useCommandStore();
  return useSyncExternalStore(subscribe, read, () => CLOSED);
}

/** @returns How to open and close the palette. */
export function useOpenCommands(): (open: boolean) => void {
  return useCommandStore().setOpen;
}

/** @param source Must keep its identity between renders (`useMemo`). */
export function useCommandSource(source: CommandSource): void {
  const { add } = useCommandStore();
  useEffect(() => add(source), [add, source]);
}
