import { describe, expect, it } from 'vitest';
import { placeProblems, stillTrue } from './editor-problems.ts';
import { moved, newRoute, newRule, newTarget } from './route-draft.ts';

const errorAt = (path: string) => ({ path, message: 'is wrong', code: 'invalid' });

describe('what is wrong with a route', () => {
  it('is placed by the path of the API, of a preview as well; what has no place is told apart', () => {
    const { problems, unplaced } = placeProblems([
      errorAt('body.rules.0.targets.1.model'),
      errorAt('body.route.rules.1.when'),
      errorAt('body.request.tags'),
    ]);
    expect(Object.keys(problems)).toEqual(['rules.0.targets.1.model', 'rules.1.when']);
    expect(unplaced.map(({ path }) => path)).toEqual(['body.request.tags']);
  });

  it('is said until the row that it is about has changed or moved', () => {
    const targets = [newTarget(), newTarget()];
    const rule = { ...newRule(), targets };
    const before = { ...newRoute(), rules: [rule], fallbacks: [newTarget()] };
    const { problems } = placeProblems([
      errorAt('body.name'),
      errorAt('body.rules.0.targets.0.model'),
      errorAt('body.rules.0.targets.1.model'),
      errorAt('body.fallbacks.0.model'),
    ]);
    const left = (after: typeof before) => Object.keys(stillTrue(problems, before, after));
    expect(left({ ...before, description: 'x' })).toHaveLength(4);
    expect(left({ ...before, name: 'x' })).not.toContain('name');
    const changed = { ...rule, targets: targets.with(1, { ...newTarget(), model: 'gpt-5.2' }) };
    expect(left({ ...before, rules: [changed] })).toEqual([
      'name',
      'rules.0.targets.0.model',
      'fallbacks.0.model',
    ]);
    const turned = { ...rule, targets: [...moved(targets, 0, 1)] };
    expect(left({ ...before, rules: [turned] })).toEqual(['name', 'fallbacks.0.model']);
  });
});
