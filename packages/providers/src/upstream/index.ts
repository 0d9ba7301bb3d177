/** The seam to every wire format; see understood-request.ts. */
export type { ClientFormat } from './client-format.ts';
export { EVENT_STREAM } from './framing.ts';
export { chooseFormat, type GenerateHints, readGenerateRequest, usualCacheWrites } from './generate.ts';
export { type ResourceEndpoint, type ResourceHints, readResourceRequest } from './resource-request.ts';
export { servesEndpoint } from './serves-endpoint.ts';
export { readTaskRequest, type TaskHints } from './task-request.ts';
export type { TaskEndpoint } from './tasks.ts';
export type {
  AnswerStream,
  AnswerStreamState,
  UnderstoodRequest,
  UpstreamPlan,
  UpstreamTarget,
  WholeAnswer,
} from './understood-request.ts';
