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
  readonly kind: 'chat' | 'embedding' | 'image' | 'speech' | 'transcription' | 'moderation' | 'rerank';
  /** Unix seconds. */
  readonly created: number;
  readonly ownedBy: string;
  readonly contextTokensMax: number;
  readonly pacing: Pacing;
}

export const INSTANT: Pacing = { firstTokenMs: 0, intervalMs: 0 };

const CREATED = 1_767_225_600;

/** A model under any name, a real provider's perhaps, for `startSimulator({ models })`. */
export function simulateModel(
  id: string,
  kind: SimulatedModel['kind'] = 'chat',
  more: Partial<Omit<SimulatedModel, 'id' | 'kind'>> = {},
): SimulatedModel {
  const usual = {
    contextTokensMax: 1_000_000,
    created: CREATED,
    ownedBy: 'tollgate-simulator',
    pacing: INSTANT,
  };
  return { ...usual, ...more, id, kind };
}

function model(
  id: string,
  kind: SimulatedModel['kind'],
  contextTokensMax: number,
  firstTokenMs: number,
  intervalMs: number,
): SimulatedModel {
  return simulateModel(id, kind, { contextTokensMax, pacing: { firstTokenMs, intervalMs } });
}

export const SIMULATED_MODELS: readonly SimulatedModel[] = [
  model('sim-small', 'chat', 1_000_000, 30, 5),
  model('sim-large', 'chat', 2_000_000, 60, 12),
  model('sim-claude', 'chat', 1_000_000, 40, 8),
  model('sim-gemini', 'chat', 1_000_000, 40, 6),
  model('sim-command', 'chat', 256_000, 40, 6),
  model('sim-embedding', 'embedding', 8_192, 10, 0),
  model('sim-image', 'image', 32_000, 80, 0),
  model('sim-speech', 'speech', 4_096, 30, 0),
  model('sim-transcribe', 'transcription', 16_000, 30, 0),
  model('sim-moderation', 'moderation', 32_768, 10, 0),
  model('sim-rerank', 'rerank', 32_768, 10, 0),
];

/** The entry of `GET /v1/models`. */
export function modelObject(model: SimulatedModel) {
  return { id: model.id, object: 'model', created: model.created, owned_by: model.ownedBy };
}
