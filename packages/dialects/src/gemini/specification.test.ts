import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TranslationNotes } from '../neutral/notes.ts';
import { arbitraryAnswer, arbitraryRequest } from '../testing/arbitrary-request.ts';
import { loadGeminiSpecification } from '../testing/gemini-specification.ts';
import { eventsOf } from '../testing/stream-of.ts';
import { geminiErrorBody } from './error-body.ts';
import { geminiGenerateCodec as codec } from './generate-codec.ts';
import { geminiModelList } from './model-list.ts';

const specification = loadGeminiSpecification();
if (specification === undefined) console.warn('Not checked against Google’s specification: it is absent.');

const CONTEXT = {
  requestId: 'req_1',
  model: 'gpt-5.2',
  nowSeconds: 0,
  request: { model: 'm', stream: true, messages: [], tools: [] },
  showUsage: true,
} as const;

describe.runIf(specification !== undefined)('against Google’s specification', () => {
  const errorsOf = (schema: string, value: unknown) =>
    specification?.errorsOf(schema, JSON.parse(JSON.stringify(value)));
  const answers = arbitraryAnswer({ model: 'm', signatureFormat: 'openai-responses' });

  it('requests that we write are GenerateContentRequests', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom('gemini-3-pro-preview', 'gemini-2.5-flash', 'gemini-1.5-pro')
          .chain((model) =>
            arbitraryRequest({ model, signatureFormat: 'gemini-generate', cacheMarks: true }),
          ),
        fc.constantFrom('low', 'high', 'none'),
        (request, effort) => {
          const notes = new TranslationNotes('report', 'Gemini');
          const body = codec.writeRequest(
            {
              ...request,
              logprobs: { top: 2 },
              audioOutput: { voice: 'Kore', format: 'pcm16' },
              reasoning: { effort, summary: 'auto' },
              serviceTier: 'flex',
            },
            notes,
          );
          expect(errorsOf('GenerateContentRequest', body)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('answers and events that we write are GenerateContentResponses', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(errorsOf('GenerateContentResponse', codec.writeAnswer(answer, CONTEXT))).toEqual([]);
        const writer = codec.createStreamWriter(CONTEXT);
        const messages = [...eventsOf(answer).flatMap((event) => writer.write(event)), ...writer.finish()];
        for (const { data } of messages) {
          expect(errorsOf('GenerateContentResponse', JSON.parse(data))).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
    const blocked = { id: '', model: '', choices: [], promptBlocked: 'content_filter' };
    expect(errorsOf('GenerateContentResponse', codec.writeAnswer(blocked, CONTEXT))).toEqual([]);
    const cited = {
      id: '',
      model: '',
      choices: [
        {
          content: [
            {
              kind: 'text' as const,
              text: 'ab',
              citations: [{ url: 'https://a.example', start: 0, end: 1 }],
            },
          ],
          finish: { kind: 'stop' as const, raw: 'stop' },
          logprobs: [{ token: 'ab', logprob: -1, top: [{ token: 'ab', logprob: -1 }] }],
        },
      ],
    };
    expect(errorsOf('GenerateContentResponse', codec.writeAnswer(cited, CONTEXT))).toEqual([]);
  });

  it('lists of models are ListModelsResponses, and errors have what google.rpc.Status has', () => {
    const models = [{ id: 'openai/gpt-5.2', contextWindow: 400_000, maxOutputTokens: 128_000 }];
    expect(errorsOf('ListModelsResponse', geminiModelList(models))).toEqual([]);
    const body = JSON.parse(geminiErrorBody(new GatewayError('budget_exceeded', 'no'), 'req_1')) as {
      error: object;
    };
    expect(body.error).toMatchObject({
      code: 402,
      message: 'no',
      status: 'FAILED_PRECONDITION',
      details: [{}],
    });
  });
});
