/** Which models a key reaches: comes with its window and form, and not with every page. */
export const keyReach = {
  title: 'Models within reach',
  text: 'By the key’s scope and the providers that are connected.',
  search: 'Part of a model’s name',
  reaches: { reachable: 'Within reach', withheld: 'Withheld' },
  none: { reachable: 'No model is within reach.', withheld: 'Nothing is withheld from this key.' },
  noMatch: 'No model here has this name.',
  more: 'Show more',
  withheldBy: {
    models: 'The key’s own list of models does not have it.',
    providers: 'The key’s own list of providers does not have its provider.',
    credentials: 'The key lists it, and no connected provider serves it.',
  },
  preview: {
    action: 'What would it reach?',
    counts: (count: number, all: number) => `${count} of ${all} models within reach`,
    models: 'Within reach',
    unserved: 'Served by no connected provider',
  },
};
