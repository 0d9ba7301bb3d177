'use client';
/**
 * The frame of every signed-in page: sections at the side, a bar on top, the page between. Below 1024 px
 * the sections move into a drawer. Knows no router: links are rendered by `renderLink`.
 */
import { ChevronRight, Menu, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { IconButton } from './button.tsx';
import { SCRIM_STYLE } from './dialog.tsx';
import { SkipLink } from './skip-link.tsx';

export interface NavigationItem {
  readonly href: string;
  readonly label: string;
  readonly icon?: ReactNode;
  /** Right of the label: a count, a key. */
  readonly suffix?: ReactNode;
}

export interface NavigationSection {
  readonly title?: string;
  /** Shows its title only, until opened or until one of its items is current. */
  readonly folded?: boolean;
  readonly items: readonly NavigationItem[];
}

export interface LinkRenderProps {
  readonly href: string;
  readonly className: string;
  readonly 'aria-current': 'page' | undefined;
  readonly onClick?: () => void;
  readonly children: ReactNode;
}

export interface AppShellProps {
  readonly logo: ReactNode;
  readonly sections: readonly NavigationSection[];
  readonly currentPath: string;
  readonly renderLink: (props: LinkRenderProps) => ReactNode;
  readonly organizationSwitcher?: ReactNode;
  /** Middle of the bar: the search button of the command palette. */
  readonly search?: ReactNode;
  readonly userMenu?: ReactNode;
  readonly sidebarFooter?: ReactNode;
  /** Across the page under the bar: "payment failed", "you work in test mode". */
  readonly banner?: ReactNode;
  readonly children: ReactNode;
}

export function AppShell(props: AppShellProps) {
  const { labels } = useUi();
  const { banner, children, currentPath, organizationSwitcher, search, userMenu } = props;
  return (
    <div className="min-h-dvh lg:pl-sidebar print:pl-0">
      <SkipLink />
      <aside className="fixed inset-y-0 left-0 z-30 hidden w-sidebar flex-col border-r border-line bg-sunken lg:flex print:hidden">
        <SidebarContent {...props} />
      </aside>
      <header className="sticky top-0 z-20 flex h-topbar items-center gap-2 border-b border-line bg-canvas/92 px-3 backdrop-blur-sm sm:px-5 print:hidden">
        <MobileDrawer key={currentPath} {...props} label={labels.openMenu} />
        <div className="flex min-w-0 flex-1 items-center gap-2">{organizationSwitcher}</div>
        {search}
        {userMenu}
      </header>
      {banner && <div className="print:hidden">{banner}</div>}
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[110rem] min-w-0 px-3 py-5 outline-none sm:px-5 lg:px-7 lg:py-6 print:max-w-none print:p-0"
      >
        {children}
      </main>
    </div>
  );
}

function SidebarContent({
  logo,
  sections,
  currentPath,
  renderLink,
  sidebarFooter,
  onNavigate,
}: AppShellProps & { readonly onNavigate?: () => void }) {
  const { labels } = useUi();
  const scroller = useRef<HTMLElement>(null);
  // Where somebody is must be seen, also below the fold of the list.
  useEffect(() => scrollToCurrent(scroller.current), [currentPath]);
  return (
    <>
      <div className="flex h-topbar shrink-0 items-center px-4">{logo}</div>
      <nav
        ref={scroller}
        aria-label={labels.mainNavigation}
        className="flex-1 overflow-y-auto px-2.5 pt-2 pb-4"
      >
        {sections.map((section, position) => (
          <Section key={section.title ?? position} section={section} currentPath={currentPath}>
            {section.items.map((item) => (
              <li key={item.href}>
                {renderLink({
                  href: item.href,
                  className: linkStyle(isCurrent(item.href, currentPath)),
                  'aria-current': isCurrent(item.href, currentPath) ? 'page' : undefined,
                  ...(onNavigate && { onClick: onNavigate }),
                  children: (
                    <>
                      {item.icon}
                      <span className="min-w-0 flex-1 truncate">{item.label}</span>
                      {item.suffix}
                    </>
                  ),
                })}
              </li>
            ))}
          </Section>
        ))}
      </nav>
      {sidebarFooter && <div className="border-t border-line px-3 py-2.5">{sidebarFooter}</div>}
    </>
  );
}

const ROOM_AROUND_CURRENT = 48;

function scrollToCurrent(scroller: HTMLElement | null): void {
  const current = scroller?.querySelector('[aria-current="page"]');
  if (!scroller || !current) return;
  const [frame, item] = [scroller.getBoundingClientRect(), current.getBoundingClientRect()];
  const below = item.bottom + ROOM_AROUND_CURRENT - frame.bottom;
  const above = item.top - ROOM_AROUND_CURRENT - frame.top;
  if (below > 0) scroller.scrollTop += below;
  else if (above < 0) scroller.scrollTop += above;
}

interface SectionProps {
  readonly section: NavigationSection;
  readonly currentPath: string;
  readonly children: ReactNode;
}

function Section({ section, currentPath, children }: SectionProps) {
  const list = <ul className="flex flex-col gap-px">{children}</ul>;
  if (section.folded && section.title) {
    return (
      <details
        className="group mb-4"
        open={section.items.some(({ href }) => isCurrent(href, currentPath)) || undefined}
      >
        <summary className="flex h-7 cursor-pointer list-none items-center gap-1 rounded-sm px-2 text-xs font-medium text-ink-faint hover:bg-hover hover:text-ink pointer-coarse:h-11 [&::-webkit-details-marker]:hidden">
          {section.title}
          <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        </summary>
        {list}
      </details>
    );
  }
  return (
    <div className="mb-4">
      {section.title && <h2 className="px-2 pb-1 text-xs font-medium text-ink-faint">{section.title}</h2>}
      {list}
    </div>
  );
}

/** A section stays marked on the pages below it; the root only on itself. */
export function isCurrent(href: string, currentPath: string): boolean {
  if (href === currentPath) return true;
  return href !== '/' && currentPath.startsWith(`${href}/`);
}

function linkStyle(current: boolean): string {
  return classNames(
    'flex h-8 items-center gap-2.5 rounded-sm px-2 text-sm transition-colors pointer-coarse:h-11 [&>svg]:size-4 [&>svg]:shrink-0',
    current
      ? 'bg-surface font-medium text-ink shadow-sm ring-1 ring-line [&>svg]:text-accent-ink'
      : 'text-ink-soft hover:bg-hover hover:text-ink [&>svg]:text-ink-faint',
  );
}

function MobileDrawer({ label, ...props }: AppShellProps & { readonly label: string }) {
  const { labels } = useUi();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const wide = window.matchMedia('(width >= 64rem)');
    const close = () => setOpen(false);
    wide.addEventListener('change', close);
    return () => wide.removeEventListener('change', close);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label={label} tooltip={false} className="-ml-1 lg:hidden">
          <Menu />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={SCRIM_STYLE} />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] animate-slide-left flex-col border-r border-line bg-sunken shadow-lg outline-none"
        >
          <Dialog.Title className="sr-only">{labels.mainNavigation}</Dialog.Title>
          <Dialog.Close asChild>
            <IconButton label={labels.close} tooltip={false} size="sm" className="absolute top-2.5 right-2.5">
              <X />
            </IconButton>
          </Dialog.Close>
          <SidebarContent {...props} onNavigate={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
