'use client';
/** The frame of the signed-in pages with the console's own sections, menus and shortcuts. */
import { AppShell, Logo, type NavigationSection, OfflineBanner } from '@tollgate/ui';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/i18n-provider.tsx';
import { NotificationBell } from '../notifications/notification-bell.tsx';
import { ClosedBanner } from './closed-banner.tsx';
import { CommandSourcesProvider } from './command-sources.tsx';
import { ConsoleCommands } from './console-commands.tsx';
import { FOLDED_SECTION, pagesOf, SECTION_ORDER } from './navigation.ts';
import { OrganizationSwitcher } from './organization-switcher.tsx';
import { SearchButton } from './search-button.tsx';
import { SuspendedBanner } from './suspended-banner.tsx';
import { useMe } from './use-me.ts';
import { UserMenu } from './user-menu.tsx';

export interface ConsoleShellProps {
  readonly organizationId: string | undefined;
  /** Across every page, under the bar. */
  readonly banner?: ReactNode;
  readonly children: ReactNode;
}

export function ConsoleShell({ organizationId, banner, children }: ConsoleShellProps) {
  const texts = useTexts();
  const pathname = usePathname();
  const pages = pagesOf(useMe().data);
  const sections: NavigationSection[] = SECTION_ORDER.filter((section) =>
    pages.some((page) => page.section === section),
  ).map((section) => ({
    title: texts.shell.sections[section],
    folded: section === FOLDED_SECTION,
    items: pages
      .filter((page) => page.section === section)
      .map((page) => ({
        href: page.href,
        label: page.title(texts),
        icon: <page.icon aria-hidden />,
      })),
  }));
  return (
    <CommandSourcesProvider>
      <AppShell
        logo={
          <Link href="/" className="flex rounded-sm">
            <Logo />
          </Link>
        }
        sections={sections}
        currentPath={pathname}
        renderLink={(link) => <Link {...link} />}
        organizationSwitcher={<OrganizationSwitcher organizationId={organizationId} />}
        search={<SearchButton />}
        userMenu={
          <>
            <NotificationBell />
            <UserMenu />
          </>
        }
        banner={
          <>
            <OfflineBanner />
            <ClosedBanner organizationId={organizationId} />
            <SuspendedBanner organizationId={organizationId} />
            {banner}
          </>
        }
      >
        {children}
      </AppShell>
      <ConsoleCommands />
    </CommandSourcesProvider>
  );
}
