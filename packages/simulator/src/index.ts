/** Public names of the provider simulator. */
export type { UnitName, Units, Usage } from './answer.ts';
export { SIMULATED_AWS } from './bedrock/bedrock-error.ts';
export { CONTROL_NAMES, ControlError, type ControlName, type Controls } from './controls.ts';
export { INSTANT, type Pacing, SIMULATED_MODELS, type SimulatedModel, simulateModel } from './models.ts';
export { readTruth, summarizeTruth, type TruthRecord, type TruthSummary } from './read-truth.ts';
export { cutAt, cutEvery, type Replay, type ReplayAnswer, type ReplayedRequest } from './replay/replays.ts';
export {
  DEFAULT_API_KEY,
  type Simulator,
  type SimulatorOptions,
  type SimulatorTruth,
  startSimulator,
} from './start-simulator.ts';
export { countPromptTokens, countTokens } from './tokens.ts';
export type { Outcome } from './truth-log.ts';
export type { ServiceAccount } from './vertex/vertex-token.ts';
