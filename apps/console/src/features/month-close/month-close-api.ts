/** Parts of a month's close that have a name of their own here. */
import type { MonthClose } from '@tollgate/api';

export type CloseStep = MonthClose['steps'][number];
export type CloseStepName = CloseStep['step'];
export type CloseStepState = CloseStep['state'];
