'use client';
/** What the organization can use, as `GET /models` answers. */
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export interface UnitPrice {
  readonly usdPerUnit: string;
  readonly usdPerMillion: string | null;
}

type Components = Readonly<Record<string, UnitPrice>>;

export interface Price {
  readonly id: string;
  readonly layer: 'catalogue' | 'operator' | 'organization';
  readonly validFrom: string;
  readonly components: Components;
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly components: Components }[];
  readonly source: string;
  readonly sourceDate: string | null;
}

export interface ServingCredential {
  readonly id: string;
  readonly name: string;
  readonly owner: 'organization' | 'operator';
  readonly livemode: boolean;
  readonly markupBasisPoints: number;
}

export interface Model {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly mode: string | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly abilities: {
    readonly supports: readonly string[];
    readonly lacks: readonly string[];
    readonly modalitiesIn: readonly string[];
    readonly modalitiesOut: readonly string[];
  };
  readonly aliases: readonly string[];
  readonly deprecatedAt: string | null;
  readonly price: Price | null;
  readonly credentials: readonly ServingCredential[];
  readonly livemode: boolean;
}

export function useModels() {
  return useEvery<Model>('/models', { enabled: usePermission('models:read') });
}
