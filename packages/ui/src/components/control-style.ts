/** The look that Input, Textarea, Select and Combobox share, with every state. */
export const CONTROL_STYLE = [
  'w-full rounded-sm border border-control bg-surface px-2.5 text-sm text-ink transition-colors',
  'placeholder:text-ink-faint hover:border-ink-faint',
  'focus-visible:border-focus focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-focus',
  'aria-invalid:border-negative aria-invalid:focus-visible:outline-negative',
  'disabled:cursor-not-allowed disabled:border-line-strong disabled:bg-sunken disabled:text-ink-disabled',
  '[&:is(input,textarea)]:read-only:bg-sunken',
  // What cannot be changed must not look more like a field than what can.
  '[&[readonly]]:border-line [&[readonly]]:text-ink-soft',
  'pointer-coarse:text-lg',
].join(' ');

export const CONTROL_HEIGHT = 'h-control pointer-coarse:h-control-lg';

/** The panel of every menu, list and popover. */
export const PANEL_STYLE =
  'z-50 animate-pop-in rounded-md border border-line bg-raised p-1 text-sm text-ink shadow-md outline-none';

/** One line in a panel. */
export const OPTION_STYLE = [
  'relative flex min-h-7 cursor-default items-center gap-2 rounded-xs px-2 py-1 text-sm outline-none select-none',
  // Radix marks with an empty attribute, cmdk writes true or false.
  'data-highlighted:bg-hover data-[selected=true]:bg-hover',
  // A change of ground alone is too faint to find one's place by.
  'data-highlighted:shadow-[inset_2px_0_0_var(--tg-focus)] data-[selected=true]:shadow-[inset_2px_0_0_var(--tg-focus)]',
  'data-disabled:not-data-[disabled=false]:text-ink-disabled pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0',
].join(' ');
