/** Names for parts of a route, as the API has them. */
import type { Route, RoutePreview } from '@tollgate/api';

export type StickyBy = Route['stickyBy'];
export type Condition = Route['rules'][number]['when'][number];
export type Target = Pick<Route['fallbacks'][number], 'model' | 'credentialId'> & {
  readonly weight?: number;
};
export type PreviewStep = RoutePreview['order'][number];

/** What a create sends, and what a form changes. */
export type RouteInput = Pick<Route, 'name' | 'description' | 'isEnabled' | 'stickyBy' | 'allowResold'> & {
  readonly rules: readonly {
    readonly when: readonly Condition[];
    readonly targets: readonly Target[];
  }[];
  readonly fallbacks: readonly Target[];
};
