'use client';
/** The palette alone, so that its script is one of its own: most views of a page never open it. */
export { CommandPalette } from '@tollgate/ui';
