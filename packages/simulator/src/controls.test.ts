import { describe, expect, it } from 'vitest';
import {
  ControlError,
  controlsOfHeaders,
  controlsOfModel,
  controlsOfText,
  mergeControls,
  NO_CONTROLS,
} from './controls.ts';

describe('controls', () => {
  it('are read from x-sim headers of any case, and from no others', () => {
    const headers = ['Host', 'x', 'X-Sim-Tokens', '5', 'x-sim-hang', '', 'x-simple', '1'];
    expect(controlsOfHeaders(headers)).toEqual({ tokens: 5, hang: true });
    expect(controlsOfHeaders(['Host', 'x'])).toBe(NO_CONTROLS);
  });

  it.each(['sim-small:tokens=50,interval=0', 'sim-small?tokens=50&interval-ms=0'])(
    'are read from the model name %s',
    (name) => {
      expect(controlsOfModel(name)).toEqual({
        model: 'sim-small',
        controls: { tokens: 50, 'interval-ms': 0 },
      });
    },
  );

  it('are read from a text that begins with the marker, and only there', () => {
    expect(controlsOfText('[[sim tokens=5 no-usage cut-how=reset]] hello')).toEqual({
      tokens: 5,
      'no-usage': true,
      'cut-how': 'reset',
    });
    expect(controlsOfText('hello [[sim tokens=5]]')).toBe(NO_CONTROLS);
    expect(controlsOfText('[[sim tokens=5')).toBe(NO_CONTROLS);
  });

  it.each([
    '[[sim token=5]]',
    '[[sim __proto__=5]]',
    '[[sim constructor]]',
    '[[sim tokens=-1]]',
    '[[sim tokens=]]',
    '[[sim tokens=1e99]]',
    '[[sim hang=maybe]]',
    '[[sim cut-how=gently]]',
  ])('are refused, never ignored, when misspelt: %s', (text) => {
    expect(() => controlsOfText(text)).toThrow(ControlError);
  });

  it('win in the order they are merged', () => {
    expect(mergeControls({ tokens: 1, hang: true }, NO_CONTROLS, { tokens: 2 })).toEqual({
      tokens: 2,
      hang: true,
    });
  });
});
