/** What the counted values of a search are called, and what a query asks for them by. Pure. */
import type { KnownValue, KnownValues } from './query-completion.ts';
import type { FacetField, FacetValue, RequestsSummary } from './summary-types.ts';

/** In which field a press asks for a value: models are counted as they were used, `model:` finds those asked for, too. */
export function fieldOf(facet: FacetField): string {
  return facet === 'model' ? 'served' : facet;
}

/** With the id where others have the same name. */
export function labelOf({ value, name, term }: FacetValue): { readonly text: string; readonly id?: string } {
  if (name === null || name === '') return { text: value };
  // Of providers the API has one word, which is no name of another.
  const isNamesake = term === value && /^(key|team)_/.test(value);
  return isNamesake ? { text: name, id: value } : { text: name };
}

/** For completion. A count stands only where the term finds as many. */
export function knownValuesOf({ facets }: RequestsSummary): KnownValues {
  const models = facets.model.map(({ term }) => ({ value: term }));
  return {
    status: facets.status.map(countedTerm),
    model: models,
    served: facets.model.map(countedTerm),
    attemptmodel: models,
    provider: facets.provider.map(countedTerm),
    attemptprovider: facets.provider.map(({ term }) => ({ value: term })),
    key: facets.key.map(countedName),
    team: facets.team.map(countedName),
    error: facets.error.map(countedTerm),
    endpoint: facets.endpoint.map(countedTerm),
  };
}

function countedTerm({ term, requests }: FacetValue): KnownValue {
  return { value: term, requests };
}

/** People type names: one that several have finds all of theirs. */
function countedName(one: FacetValue): KnownValue {
  const { text, id } = labelOf(one);
  return id === undefined || text.includes('*') ? countedTerm(one) : { value: text };
}
