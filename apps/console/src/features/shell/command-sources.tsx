'use client';
/**
 * Extension point of the command palette. A feature adds what can be found or done:
 * `useCommandSource({ id: 'keys', title: 'Keys', search: (query) => Promise<CommandItem[]> })` while it is
 * mounted, or `items` for actions of the current screen.
 */
import type { CommandItem } from '@tollgate/ui';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';

export interface CommandSource {
  readonly id: string;
  readonly title: string;
  /** Always offered, filtered by what is typed. */
  readonly items?: readonly CommandItem[];
  /** Asked after a pause in typing, from two letters on. */
  readonly search?: (query: string, signal: AbortSignal) => Promise<readonly CommandItem[]>;
}

interface CommandSources {
  readonly sources: readonly CommandSource[];
  readonly add: (source: CommandSource) => () => void;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
}

const CommandContext = createContext<CommandSources | undefined>(undefined);

export function CommandSourcesProvider({ children }: { readonly children: ReactNode }) {
  const [sources, setSources] = useState<readonly CommandSource[]>([]);
  const [open, setOpen] = useState(false);
  const add = useCallback((source: CommandSource) => {
    setSources((current) => [...current.filter(({ id }) => id !== source.id), source]);
    return () => setSources((current) => current.filter((one) => one !== source));
  }, []);
  const value = useMemo<CommandSources>(
    () => ({
      sources,
      open,
      setOpen,
      add,
    }),
    [sources, open, add],
  );
  return <CommandContext value={value}>{children}</CommandContext>;
}

export function useCommandSources(): CommandSources {
  const value = useContext(CommandContext);
  if (value === undefined) {
    throw new Error('Cannot use the command palette: CommandSourcesProvider must be above, got none');
  }
  return value;
}

/** @param source Must keep its identity between renders (`useMemo`). */
export function useCommandSource(source: CommandSource): void {
  const { add } = useCommandSources();
  useEffect(() => add(source), [add, source]);
}
