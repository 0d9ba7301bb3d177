/**
 * The simulated models and how fast they speak.
 *
 * Prices are not here: they belong to the price book, which knows `sim-small` and `sim-large` by these names.
 */

export interface Pacing {
  /** From the request to the first event of a stream. */
  readonly firstTokenMs: number;
  /** Between two tokens. A plain answer takes `firstTokenMs` and one interval for every token. */
  readonly intervalMs: number;
}

export interface SimulatedModel {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly ownedBy: string;
  readonly contextTokensMax: number;
  readonly pacing: Pacing;
}

export const INSTANT: Pacing = { firstTokenMs: 0, intervalMs: 0 };

export const SIMULATED_MODELS: readonly SimulatedModel[] = [
  {
    id: 'sim-small',
    created: 1_767_225_600,
    ownedBy: 'tollgate-simulator',
    contextTokensMax: 1_000_000,
    pacing: { firstTokenMs: 30, intervalMs: 5 },
  },
  {
    id: 'sim-large',
    created: 1_767_225_600,
    ownedBy: 'tollgate-simulator',
    contextTokensMax: 2_000_000,
    pacing: { firstTokenMs: 60, intervalMs: 12 },
  },
];

/** The entry of `GET /v1/models`. */
export function modelObject(model: SimulatedModel) {
  return { id: model.id, object: 'model', created: model.created, owned_by: model.ownedBy };
}
