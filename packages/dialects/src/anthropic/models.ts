/**
 * What differs between Claude models in what a request may say. Read from the name, whoever serves the model
 * (`us.anthropic.claude-opus-4-5-20251101-v1:0`, `claude-opus-4-1@20250805`); a name that tells nothing is taken for
 * one of a coming model. Sources: Anthropic's API reference (temperature, top_k) and its guides of thinking, effort
 * and messages of the system.
 */

export interface ClaudeAbilities {
  readonly thinks: boolean;
  /** `thinking: {type: "enabled", budget_tokens}`. */
  readonly takesBudget: boolean;
  /** `thinking: {type: "adaptive"}`. */
  readonly adapts: boolean;
  readonly takesEffort: boolean;
  readonly takesHighestEffort: boolean;
  /** `temperature`, `top_p`, `top_k` beyond their defaults. */
  readonly takesSampling: boolean;
  /** `role: "system"` behind a user's turn. */
  readonly takesLaterSystem: boolean;
}

const NEW_NAME = /claude-(opus|sonnet|haiku)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;
const OLD_NAME = /claude-(?:v?(\d)(?:[-.:](\d))?(?!\d)|instant)/;

export function claudeAbilities(model: string): ClaudeAbilities {
  const version = claudeVersion(model);
  const from = (least: number): boolean => version >= least;
  const isOpus = /opus/.test(model);
  return {
    thinks: from(307),
    takesBudget: from(307) && !from(407),
    adapts: from(406),
    takesEffort: from(406) || (isOpus && from(405)),
    takesHighestEffort: from(407),
    takesSampling: !from(407),
    takesLaterSystem: from(408),
  };
}

/** 406 of `claude-opus-4-6`; larger than any where the name does not tell. */
function claudeVersion(model: string): number {
  const found = NEW_NAME.exec(model);
  if (found !== null) return versionOf(found[2], found[3]);
  const old = OLD_NAME.exec(model);
  return old === null ? Number.POSITIVE_INFINITY : versionOf(old[1] ?? '1', old[2]);
}

function versionOf(major: string | undefined, minor: string | undefined): number {
  return Number(major) * 100 + Number(minor ?? 0);
}
