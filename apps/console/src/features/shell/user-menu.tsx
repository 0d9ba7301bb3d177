'use client';
import { DropdownMenu, type MenuEntry, useThemeEntry, useUi } from '@tollgate/ui';
import { LogOut, MonitorSmartphone, ShieldCheck, UserRoundCog } from 'lucide-react';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { signOut } from '../auth/auth-api.ts';
import { useLanguageEntry } from './language-menu.tsx';
import { useMe } from './use-me.ts';

/** Without an answer to signing out, `/sign-out` offers it again. */
export function UserMenu() {
  const text = useMessages('shell');
  const { labels } = useUi();
  const user = useMe().data;
  const name = user?.name || user?.email || text.unnamed;
  const leave = () => signOut().catch(() => window.location.assign('/sign-out'));
  const entries: MenuEntry[] = [
    { kind: 'label', label: user?.email ?? text.account },
    { label: text.profile, icon: <UserRoundCog />, link: <Link href="/settings/profile" /> },
    { label: text.security, icon: <ShieldCheck />, link: <Link href="/settings/security" /> },
    { label: text.sessions, icon: <MonitorSmartphone />, link: <Link href="/settings/sessions" /> },
    { kind: 'separator' },
    { kind: 'label', label: labels.theme },
    useThemeEntry(),
    { kind: 'separator' },
    { kind: 'label', label: text.language },
    useLanguageEntry(),
    { kind: 'separator' },
    { label: text.signOut, icon: <LogOut />, onSelect: () => void leave() },
  ];
  return (
    <DropdownMenu
      className="min-w-56"
      trigger={
        <button
          type="button"
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink uppercase hover:ring-2 hover:ring-line-strong pointer-coarse:size-10"
        >
          {/* What is seen must be part of what is read out. */}
          <span className="sr-only">{`${text.account}: ${name}`} </span>
          {initialsOf(name)}
        </button>
      }
      entries={entries}
    />
  );
}

/** `Ada Lovelace` → `AL`, `ada@example.com` → `A`. */
export function initialsOf(name: string): string {
  const words = name.split('@')[0]?.trim().split(/\s+/) ?? [];
  const letters = words.length > 1 ? [words[0]?.[0], words.at(-1)?.[0]] : [words[0]?.[0]];
  return letters.join('') || '?';
}
