/** The design system of Tollgate. Charts have their own entry (`@tollgate/ui/charts`): they weigh more. */

export type { ColumnDef, SortingState, VisibilityState } from '@tanstack/react-table';
export { createColumnHelper } from '@tanstack/react-table';
export { classNames } from './class-names.ts';
export {
  AppShell,
  type AppShellProps,
  isCurrent,
  type LinkRenderProps,
  type NavigationItem,
  type NavigationSection,
} from './components/app-shell.tsx';
export {
  Badge,
  type BadgeProps,
  type BadgeTone,
  StatusBadge,
  type StatusBadgeProps,
  toneOfHttpStatus,
  toneOfStatus,
} from './components/badge.tsx';
export {
  Button,
  type ButtonProps,
  type ButtonSize,
  type ButtonVariant,
  IconButton,
  type IconButtonProps,
} from './components/button.tsx';
export { Callout, type CalloutProps } from './components/callout.tsx';
export { Card, type CardProps, StatCard, type StatCardProps } from './components/card.tsx';
export {
  Checkbox,
  type CheckboxProps,
  RadioGroup,
  type RadioGroupProps,
  type RadioOption,
  Switch,
  type SwitchProps,
} from './components/choice.tsx';
export { CodeBlock, type CodeBlockProps, type CodeVariant } from './components/code-block.tsx';
export {
  Combobox,
  type ComboboxOption,
  type ComboboxProps,
  MultiSelect,
  type MultiSelectProps,
} from './components/combobox.tsx';
export {
  type CommandGroup,
  type CommandItem,
  CommandPalette,
  type CommandPaletteProps,
} from './components/command-palette.tsx';
export { ConfirmDialog, type ConfirmDialogProps } from './components/confirm-dialog.tsx';
export { CopyButton, type CopyButtonProps, useCopy } from './components/copy-button.tsx';
export { DataTable, type DataTableProps } from './components/data-table.tsx';
export { DefinitionList, type DefinitionListProps } from './components/definition-list.tsx';
export { Dialog, DialogClose, type DialogProps, Sheet, type SheetProps } from './components/dialog.tsx';
export { Field, type FieldProps, useFieldLabelId, useFieldProps } from './components/field.tsx';
export { type ApiFieldError, applyApiErrors, toFormPath } from './components/form-errors.ts';
export { Input, type InputProps, PasswordInput, Textarea, type TextareaProps } from './components/input.tsx';
export { Kbd } from './components/kbd.tsx';
export { Logo, LogoMark } from './components/logo.tsx';
export { DropdownMenu, type DropdownMenuProps, type MenuEntry } from './components/menu.tsx';
export { Meter, type MeterProps } from './components/meter.tsx';
export { OfflineBanner, OfflineNotice } from './components/offline-banner.tsx';
export {
  Breadcrumbs,
  type BreadcrumbsProps,
  PageHeader,
  type PageHeaderProps,
} from './components/page-header.tsx';
export { SecretReveal, type SecretRevealProps } from './components/secret-reveal.tsx';
export { Select, type SelectOption, type SelectProps } from './components/select.tsx';
export { type Shortcuts, useShortcuts } from './components/shortcuts.ts';
export { Skeleton, SkeletonText } from './components/skeleton.tsx';
export { SkipLink } from './components/skip-link.tsx';
export { Spinner } from './components/spinner.tsx';
export { EmptyState, type EmptyStateProps, ErrorState, type ErrorStateProps } from './components/states.tsx';
export { type TabItem, Tabs, type TabsProps } from './components/tabs.tsx';
export { setTheme, ThemeToggle, useTheme, useThemeEntry } from './components/theme-toggle.tsx';
export { toast } from './components/toast.ts';
export { Toaster } from './components/toaster.tsx';
export { Tooltip, type TooltipProps } from './components/tooltip.tsx';
export { UntilTakenOver } from './components/until-taken-over.tsx';
export {
  Dash,
  Money,
  type MoneyProps,
  TimeStamp,
  type TimeStampProps,
  TokenCount,
  type TokenCountProps,
} from './components/values.tsx';
export { whenIdle } from './components/when-idle.ts';
export * from './format/index.ts';
export { findBrowserTimeZone, useIsFirstDrawing, useNowMs } from './provider/first-drawing.ts';
export type { UiLabels } from './provider/labels.ts';
export { UiProvider, type UiProviderProps, type UiSettings, useUi } from './provider/ui-provider.tsx';
