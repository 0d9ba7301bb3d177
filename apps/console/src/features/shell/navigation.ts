/** Every page of the console, once: for the sidebar, the command palette and the `g` shortcuts. */

import type { Me } from '@tollgate/api';
import {
  BellRing,
  BookOpen,
  Bot,
  Boxes,
  Building2,
  CalendarCheck2,
  ChartNoAxesColumn,
  CreditCard,
  FileDown,
  FlaskConical,
  Gauge,
  History,
  IdCard,
  KeyRound,
  KeySquare,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  Plug,
  ReceiptText,
  Scale,
  ScrollText,
  ServerCog,
  ShieldAlert,
  ShieldCheck,
  Split,
  Tags,
  UserRound,
  UserRoundCog,
  UsersRound,
  WalletMinimal,
  Waypoints,
} from 'lucide-react';
import type { Texts } from '../../i18n/texts.ts';

type Permission = Me['permissions'][number];

export interface ConsolePage {
  readonly href: string;
  readonly icon: LucideIcon;
  /** Pressed after `g`; pages that few people have need none. */
  readonly key?: string;
  /** Who may not read it would find an explanation in its place: the same permission as of its Guarded. */
  readonly needs?: Permission;
  /** For those who run this installation. */
  readonly operatorOnly?: true;
  readonly section: keyof Texts['shell']['sections'];
  readonly title: (texts: Texts) => string;
}

export const PAGES: readonly ConsolePage[] = [
  { href: '/', icon: LayoutDashboard, key: 'o', section: 'work', title: (texts) => texts.overview.title },
  {
    href: '/keys',
    needs: 'keys:read',
    icon: KeyRound,
    key: 'k',
    section: 'work',
    title: (texts) => texts.keys.title,
  },
  {
    href: '/key-hygiene',
    needs: 'keys:read',
    icon: ShieldAlert,
    key: '2',
    section: 'work',
    title: (texts) => texts.hygiene.title,
  },
  {
    href: '/requests',
    needs: 'requests:read',
    icon: ScrollText,
    key: 'r',
    section: 'work',
    title: (texts) => texts.requests.title,
  },
  {
    href: '/playground',
    needs: 'keys:write',
    icon: FlaskConical,
    key: 'v',
    section: 'work',
    title: (texts) => texts.playground.title,
  },
  {
    href: '/models',
    needs: 'models:read',
    icon: Boxes,
    key: 'm',
    section: 'work',
    title: (texts) => texts.models.title,
  },
  {
    href: '/providers',
    needs: 'provider-credentials:read',
    icon: Plug,
    key: 'p',
    section: 'work',
    title: (texts) => texts.providers.title,
  },
  {
    href: '/routes',
    needs: 'routes:read',
    icon: Waypoints,
    key: '3',
    section: 'work',
    title: (texts) => texts.routes.title,
  },
  {
    href: '/rate-limits',
    needs: 'rate-limits:read',
    icon: Gauge,
    key: 'q',
    section: 'work',
    title: (texts) => texts.rateLimits.title,
  },
  { href: '/docs', icon: BookOpen, key: 'j', section: 'work', title: (texts) => texts.docs.title },
  {
    href: '/usage',
    needs: 'usage:read',
    icon: ChartNoAxesColumn,
    key: 'u',
    section: 'finance',
    title: (texts) => texts.usage.title,
  },
  {
    href: '/budgets',
    needs: 'budgets:read',
    icon: WalletMinimal,
    key: 'b',
    section: 'finance',
    title: (texts) => texts.budgets.title,
  },
  {
    href: '/alerts',
    needs: 'alerts:read',
    icon: BellRing,
    key: 'x',
    section: 'finance',
    title: (texts) => texts.alerts.title,
  },
  {
    href: '/invoices',
    needs: 'invoices:read',
    icon: ReceiptText,
    key: 'i',
    section: 'finance',
    title: (texts) => texts.invoices.title,
  },
  {
    href: '/prices',
    needs: 'prices:read',
    icon: Tags,
    key: 'z',
    section: 'finance',
    title: (texts) => texts.prices.title,
  },
  {
    href: '/month-close',
    needs: 'invoices:read',
    icon: CalendarCheck2,
    key: 'c',
    section: 'monthEnd',
    title: (texts) => texts.monthClose.title,
  },
  {
    href: '/chargeback',
    needs: 'invoices:read',
    icon: Split,
    key: 'h',
    section: 'monthEnd',
    title: (texts) => texts.chargeback.title,
  },
  {
    href: '/reconciliation',
    needs: 'invoices:read',
    icon: Scale,
    key: 'd',
    section: 'monthEnd',
    title: (texts) => texts.reconciliation.title,
  },
  {
    href: '/exports',
    needs: 'requests:read',
    icon: FileDown,
    key: 'y',
    section: 'monthEnd',
    title: (texts) => texts.dataExports.title,
  },
  {
    href: '/teams',
    needs: 'teams:read',
    icon: UsersRound,
    key: 't',
    section: 'organization',
    title: (texts) => texts.teams.title,
  },
  {
    href: '/members',
    needs: 'members:read',
    icon: UserRound,
    key: 'e',
    section: 'organization',
    title: (texts) => texts.members.title,
  },
  {
    href: '/operator',
    icon: ServerCog,
    operatorOnly: true,
    section: 'operator',
    title: (texts) => texts.operator.title,
  },
  {
    href: '/service-accounts',
    needs: 'service-accounts:read',
    icon: Bot,
    key: '1',
    section: 'organization',
    title: (texts) => texts.serviceAccounts.title,
  },
  {
    href: '/settings/organization',
    needs: 'organization:read',
    icon: Building2,
    key: 's',
    section: 'settings',
    title: (texts) => texts.settings.organization.title,
  },
  {
    href: '/settings/single-sign-on',
    needs: 'sso:read',
    icon: IdCard,
    key: '4',
    section: 'settings',
    title: (texts) => texts.settings.singleSignOn.title,
  },
  {
    href: '/settings/billing',
    needs: 'billing:read',
    icon: CreditCard,
    key: 'f',
    section: 'settings',
    title: (texts) => texts.billing.title,
  },
  {
    href: '/settings/admin-tokens',
    needs: 'admin-tokens:read',
    icon: KeySquare,
    key: 'n',
    section: 'settings',
    title: (texts) => texts.settings.tokens.title,
  },
  {
    href: '/settings/audit-log',
    needs: 'audit:read',
    icon: History,
    key: 'l',
    section: 'settings',
    title: (texts) => texts.audit.title,
  },
  {
    href: '/settings/profile',
    icon: UserRoundCog,
    key: 'a',
    section: 'settings',
    title: (texts) => texts.settings.profile.title,
  },
  {
    href: '/settings/security',
    icon: ShieldCheck,
    key: 'g',
    section: 'settings',
    title: (texts) => texts.security.title,
  },
  {
    href: '/settings/sessions',
    icon: MonitorSmartphone,
    key: 'w',
    section: 'settings',
    title: (texts) => texts.settings.sessions.title,
  },
];

export const SECTION_ORDER = ['work', 'finance', 'monthEnd', 'organization', 'operator', 'settings'] as const;

/** Those that somebody has; of whom nothing is known yet, all but the operator's. */
export function pagesOf(me: Pick<Me, 'isOperator' | 'permissions'> | undefined): readonly ConsolePage[] {
  return PAGES.filter(
    ({ operatorOnly, needs }) =>
      (operatorOnly !== true || me?.isOperator === true) &&
      (needs === undefined || me === undefined || me.permissions.includes(needs)),
  );
}

/** Seldom needed, so that the daily ones stand on one screen. */
export const FOLDED_SECTION: ConsolePage['section'] = 'settings';
