/** The neutral model of a conversation. */
export type * from './answer.ts';
export type * from './codec.ts';
export { noteForeignMembers } from './foreign-members.ts';
export { type Severity, TranslationNotes, type UnsupportedMode } from './notes.ts';
export type * from './parts.ts';
export { effortOfBudget, isReasoningEffort } from './reasoning-effort.ts';
export type * from './request.ts';
export { acceptableCallId, isWireFormat, readCallId, signedCallId } from './tool-call-id.ts';
export type * from './wire-format.ts';
