/** Routes as clients send and see them. Bounds are those of packages/routing. */
import { z } from '@hono/zod-openapi';
import { findConditionFault, isRouteName, OPERATORS, ROUTE_BOUNDS, STICKY_BY } from '@tollgate/routing';
import { id, text, timestamp } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';

const filled = (maxLength: number) => text(maxLength).min(1);

const conditionShape = {
  /** `tag:NAME`, `team`, `key`, `serviceAccount`, `endUser`, `endpoint`, `stream` or `inputTokens`. */
  field: filled(ROUTE_BOUNDS.tagNameLength + 4),
  operator: z.enum(OPERATORS),
  /** Any of them; `atLeast` and `atMost` take one number. */
  values: z.array(filled(ROUTE_BOUNDS.valueLength)).min(1).max(ROUTE_BOUNDS.values),
};

const condition = z.strictObject(conditionShape).superRefine((value, context) => {
  const fault = findConditionFault(value as Parameters<typeof findConditionFault>[0]);
  if (fault === undefined) return;
  const code = fault.part === 'values' ? 'invalid' : 'not_allowed';
  context.addIssue({ code: 'custom', path: [fault.part], ...refusal(fault.message, code) });
});

const targetShape = {
  /** A model's name, bare or as `provider/model`; never a route's. */
  model: filled(ROUTE_BOUNDS.modelLength),
  /** One of the organization's own; null: whichever serves the model. */
  credentialId: id.nullable().default(null),
};

const weight = z.int().min(0).max(ROUTE_BOUNDS.weight);

const rule = z.strictObject({
  /** All must hold. Only the last rule may have none: it is for everything else. */
  when: z.array(condition).max(ROUTE_BOUNDS.conditions).default([]),
  targets: z
    .array(z.strictObject({ ...targetShape, weight: weight.default(1) }))
    .min(1)
    .max(ROUTE_BOUNDS.targets),
});

const rules = z
  .array(rule)
  .min(1)
  .max(ROUTE_BOUNDS.rules)
  .superRefine((list, context) => {
    for (const [index, { when }] of list.slice(0, -1).entries()) {
      if (when.length > 0) continue;
      const message = 'must have a condition: the rules behind it would never be reached';
      context.addIssue({ code: 'custom', path: [index, 'when'], ...refusal(message, 'required') });
    }
  });

/** What a route is made of; a create needs name and rules. */
export const routeFields = {
  /** Without regard to case. A model's name may be taken: requests for that model go by the route then. */
  name: z
    .string()
    .max(ROUTE_BOUNDS.nameLength)
    .refine(
      isRouteName,
      refusal('must be letters, digits and . _ : / -, beginning with one of the first', 'wrong_format'),
    ),
  description: text(ROUTE_BOUNDS.descriptionLength).nullable(),
  isEnabled: z.boolean(),
  rules,
  fallbacks: z.array(z.strictObject(targetShape)).max(ROUTE_BOUNDS.fallbacks),
  stickyBy: z.enum(STICKY_BY),
  /** May go from the organization's own credentials to the operator's. */
  allowResold: z.boolean(),
};

export type RouteInput = {
  readonly [K in keyof typeof routeFields]: z.output<(typeof routeFields)[K]>;
};

/** Null: nothing is known to be wrong. `credentialGone`: deleted or disabled. `notServed`: no credential has the model. */
const problem = z.enum(['credentialGone', 'notServed']).nullable();

export const RouteTarget = z.object({ model: z.string(), credentialId: z.string().nullable(), problem });
const WeightedTarget = RouteTarget.extend({ weight: z.int() });

export const Route = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    isEnabled: z.boolean(),
    rules: z.array(
      z.object({
        when: z.array(
          z.object({ field: z.string(), operator: z.enum(OPERATORS), values: z.array(z.string()) }),
        ),
        targets: z.array(WeightedTarget),
      }),
    ),
    fallbacks: z.array(RouteTarget),
    stickyBy: z.enum(STICKY_BY),
    allowResold: z.boolean(),
    /** Requests for a model of this name go by the route. */
    shadowsModel: z.boolean(),
    /** `unreadable`: what is stored is no route. It refuses its requests until it is given rules, or deleted. */
    problem: z.enum(['unreadable']).nullable(),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Route');
