/** Public names of the provider simulator. */
export type { Usage } from './answer.ts';
export { CONTROL_NAMES, ControlError, type ControlName, type Controls } from './controls.ts';
export { INSTANT, type Pacing, SIMULATED_MODELS, type SimulatedModel } from './models.ts';
export { readTruth, summarizeTruth, type TruthRecord, type TruthSummary } from './read-truth.ts';
export {
  DEFAULT_API_KEY,
  type Simulator,
  type SimulatorOptions,
  type SimulatorTruth,
  startSimulator,
} from './start-simulator.ts';
export { countPromptTokens, countTokens } from './tokens.ts';
export type { Outcome } from './truth-log.ts';
