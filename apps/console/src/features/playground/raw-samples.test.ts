import { describe, expect, it } from 'vitest';
import { RAW_ENDPOINTS } from './raw-endpoints.ts';
import { rawSamples } from './raw-samples.ts';

const body = { model: 'google/gemini', input: "it's $(x)", stream: false, extra: null };
const samples = (endpoint: (typeof RAW_ENDPOINTS)[number]) =>
  rawSamples(endpoint, { gatewayUrl: 'https://gateway.example/', body }).map(({ code }) => code);

describe('rawSamples()', () => {
  it.each(RAW_ENDPOINTS)('of %s name the gateway and the variable of the key, and no key', (endpoint) => {
    for (const code of samples(endpoint)) {
      expect(code).toContain('https://gateway.example');
      expect(code).toContain('TOLLGATE_API_KEY');
      expect(code).not.toMatch(/undefined|tgk_|\\u0000/);
    }
  });

  it('quote for a shell and write Python’s own words', () => {
    const [curl, , python] = samples('embeddings');
    expect(curl).toContain(String.raw`it'\''s $(x)`);
    expect(python).toContain('stream=False');
    expect(python).toContain('extra=None');
  });

  it('put the model of Gemini’s into the path', () => {
    for (const code of samples('generate_content')) {
      expect(code).toContain('/v1beta/models/google%2Fgemini:generateContent');
      expect(code).not.toContain('"model"');
    }
  });

  it('send files as a form, and keep those that come', () => {
    const [curl, typescript, python] = samples('images.edits');
    expect(curl).toContain(`-F 'image=@image.png'`);
    expect(curl).toContain(String.raw`--form-string 'input=it'\''s $(x)'`);
    expect(typescript).toContain(`"image": createReadStream('image.png')`);
    expect(python).toContain('image=open("image.png", "rb")');
    expect(samples('audio.speech').every((code) => code.includes('speech.mp3'))).toBe(true);
  });
});
