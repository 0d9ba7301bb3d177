import { describe, expect, it } from 'vitest';
import { keptReferenceIn } from './kept-reference.ts';

const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
const parts = (...found: object[]) => ({ contents: [{ role: 'user', parts: found }] });

describe('keptReferenceIn()', () => {
  it.each<[string, object]>([
    ['previous_response_id', { input: 'Go on', previous_response_id: 'resp_1' }],
    ['conversation', { input: 'Go on', conversation: 'conv_1' }],
    ['conversation', { input: 'Go on', conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['type', { input: [{ type: 'item_reference', id: 'rs_1' }] }],
    ['id', { input: [{ id: 'rs_1' }] }],
    ['file_id', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] }],
    ['vector_store_ids', { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }],
    ['container', { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }],
    [
      'file_ids',
      { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } }] },
    ],
    ['file_id', user({ type: 'file', file: { file_id: 'file-1' } })],
    ['id', { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }],
    ['file_id', user({ type: 'document', source: { type: 'file', file_id: 'file_1' } })],
    ['file_id', user({ type: 'container_upload', file_id: 'file_1' })],
    ['container', { container: 'container_1' }],
    ['id', { container: { id: 'container_1' } }],
    ['skill_id', { container: { skills: [{ type: 'custom', skill_id: 'skill_1' }] } }],
    ['url', user({ type: 'image_url', image_url: { url: 's3://bucket/secret.png' } })],
    [
      'image_url',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'GS://b/x.png' }] }] },
    ],
    ['fileUri', parts({ fileData: { fileUri: 'gs://bucket/secret.pdf' } })],
    [
      'file_uri',
      parts({ file_data: { file_uri: 'https://generativelanguage.googleapis.com/v1beta/files/x' } }),
    ],
    ['cachedContent', { ...parts(), cachedContent: 'cachedContents/1' }],
    ['vertexAiSearch', { tools: [{ retrieval: { vertexAiSearch: { datastore: 'projects/p' } } }] }],
  ])('finds %s in %j', (name, body) => {
    expect(keptReferenceIn(body)).toBe(name);
  });

  it.each<[object]>([
    [{ input: 'Hi', previous_response_id: null, conversation: null }],
    [{ prompt: 'Once upon a time' }],
    [user({ type: 'image_url', image_url: { url: 'https://example.com/files/a.png' } })],
    [user({ type: 'tool_use', id: 'call_1', name: 'open', input: { file_id: 'mine', url: 's3://mine' } })],
    [parts({ functionCall: { name: 'open', args: { file_id: 'mine' } } })],
    [{ tools: [{ type: 'function', function: { parameters: { properties: { file_id: {} } } } }] }],
    [{ tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
    [{ container: { skills: [{ type: 'anthropic', skill_id: 'pptx' }] } }],
  ])('finds nothing in %j', (body) => {
    expect(keptReferenceIn(body)).toBeUndefined();
  });
});
