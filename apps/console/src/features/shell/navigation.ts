/** Every page of the console, once: for the sidebar, the command palette and the `g` shortcuts. */
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
} from 'lucide-react';
import type { Texts } from '../../i18n/texts.ts';

export interface ConsolePage {
  readonly href: string;
  readonly icon: LucideIcon;
  /** Pressed after `g`; pages that few people have need none. */
  readonly key?: string;
  /** For those who run this installation. */
  readonly operatorOnly?: true;
  readonly section: keyof Texts['shell']['sections'];
  readonly title: (texts: Texts) => string;
}

export const PAGES: readonly ConsolePage[] = [
  { href: '/', icon: LayoutDashboard, key: 'o', section: 'work', title: (texts) => texts.overview.title },
  { href: '/keys', icon: KeyRound, key: 'k', section: 'work', title: (texts) => texts.keys.title },
  {
    href: '/key-hygiene',
    icon: ShieldAlert,
    key: '2',
    section: 'work',
    title: (texts) => texts.hygiene.title,
  },
  { href: '/requests', icon: ScrollText, key: 'r', section: 'work', title: (texts) => texts.requests.title },
  {
    href: '/playground',
    icon: FlaskConical,
    key: 'v',
    section: 'work',
    title: (texts) => texts.playground.title,
  },
  { href: '/models', icon: Boxes, key: 'm', section: 'work', title: (texts) => texts.models.title },
  { href: '/providers', icon: Plug, key: 'p', section: 'work', title: (texts) => texts.providers.title },
  {
    href: '/rate-limits',
    icon: Gauge,
    key: 'q',
    section: 'work',
    title: (texts) => texts.rateLimits.title,
  },
  { href: '/docs', icon: BookOpen, key: 'j', section: 'work', title: (texts) => texts.docs.title },
  {
    href: '/usage',
    icon: ChartNoAxesColumn,
    key: 'u',
    section: 'finance',
    title: (texts) => texts.usage.title,
  },
  {
    href: '/budgets',
    icon: WalletMinimal,
    key: 'b',
    section: 'finance',
    title: (texts) => texts.budgets.title,
  },
  {
    href: '/alerts',
    icon: BellRing,
    key: 'x',
    section: 'finance',
    title: (texts) => texts.alerts.title,
  },
  {
    href: '/invoices',
    icon: ReceiptText,
    key: 'i',
    section: 'finance',
    title: (texts) => texts.invoices.title,
  },
  { href: '/prices', icon: Tags, key: 'z', section: 'finance', title: (texts) => texts.prices.title },
  {
    href: '/month-close',
    icon: CalendarCheck2,
    key: 'c',
    section: 'monthEnd',
    title: (texts) => texts.monthClose.title,
  },
  {
    href: '/chargeback',
    icon: Split,
    key: 'h',
    section: 'monthEnd',
    title: (texts) => texts.chargeback.title,
  },
  {
    href: '/reconciliation',
    icon: Scale,
    key: 'd',
    section: 'monthEnd',
    title: (texts) => texts.reconciliation.title,
  },
  {
    href: '/exports',
    icon: FileDown,
    key: 'y',
    section: 'monthEnd',
    title: (texts) => texts.dataExports.title,
  },
  {
    href: '/teams',
    icon: UsersRound,
    key: 't',
    section: 'organization',
    title: (texts) => texts.teams.title,
  },
  {
    href: '/members',
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
    icon: Bot,
    key: '1',
    section: 'organization',
    title: (texts) => texts.serviceAccounts.title,
  },
  {
    href: '/settings/organization',
    icon: Building2,
    key: 's',
    section: 'settings',
    title: (texts) => texts.settings.organization.title,
  },
  {
    href: '/settings/billing',
    icon: CreditCard,
    key: 'f',
    section: 'settings',
    title: (texts) => texts.billing.title,
  },
  {
    href: '/settings/admin-tokens',
    icon: KeySquare,
    key: 'n',
    section: 'settings',
    title: (texts) => texts.settings.tokens.title,
  },
  {
    href: '/settings/audit-log',
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

/** Those that somebody has. */
export function pagesOf({ isOperator }: { readonly isOperator: boolean }): readonly ConsolePage[] {
  return PAGES.filter((page) => page.operatorOnly !== true || isOperator);
}

/** Seldom needed, so that the daily ones stand on one screen. */
export const FOLDED_SECTION: ConsolePage['section'] = 'settings';
