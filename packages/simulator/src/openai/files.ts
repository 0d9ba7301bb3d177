/** `/v1/files`: uploaded, listed, read and deleted; kept in memory. */
import { hashText, hexId } from '../random.ts';
import type { StoredFile } from '../wire/memory.ts';
import { parseForm } from '../wire/multipart.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { freeReply, guarded, refuse } from './openai-wire.ts';

const FORMAT = 'openai-files';
const ID_FILE = 9_000;

export function fileObject({ id, bytes, filename, purpose, createdSeconds }: StoredFile): object {
  return {
    object: 'file',
    id,
    purpose,
    filename,
    bytes: bytes.length,
    created_at: createdSeconds,
    expires_at: null,
    status: 'processed',
    status_details: null,
  };
}

export function storeFile(
  stage: Stage,
  sequence: number,
  purpose: string,
  filename: string,
  bytes: Buffer,
): StoredFile {
  const id = `file-${hexId(stage.runtime.seed, sequence, ID_FILE + (hashText(purpose, 0) % 1_000), 22)}`;
  const file = { id, filename, purpose, createdSeconds: Math.floor(stage.runtime.now() / 1000), bytes };
  stage.memory.files.set(id, file);
  return file;
}

export function answerFileUpload(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const form = parseForm(call.bytes, call.message.headers['content-type']);
    const file = form?.files.get('file')?.[0];
    const purpose = form?.fields.purpose;
    if (file === undefined) refuse("'file' is a required property", null, null);
    if (purpose === undefined) refuse("'purpose' is a required property", null, null);
    const stored = storeFile(stage, call.sequence, purpose, file.filename, file.bytes);
    return freeReply(facts, JSON.stringify(fileObject(stored), null, 2));
  });
}

export function answerFileList(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const purpose = call.query.get('purpose');
    const files = stage.memory.files.values().filter((file) => purpose === null || file.purpose === purpose);
    const data = files.map(fileObject);
    const ends = { first_id: files[0]?.id ?? null, last_id: files.at(-1)?.id ?? null };
    return freeReply(facts, JSON.stringify({ object: 'list', data, ...ends, has_more: false }));
  });
}

export function answerFile(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const [id = '', part] = call.captured;
    const file = stage.memory.files.get(id);
    if (file === undefined) refuse(`No such File object: ${id.slice(0, 100)}`, 'id', null, 404);
    if (call.method === 'DELETE') {
      stage.memory.files.delete(id);
      return freeReply(facts, JSON.stringify({ object: 'file', id, deleted: true }));
    }
    if (part === undefined) return freeReply(facts, JSON.stringify(fileObject(file), null, 2));
    return freeReply(facts, file.bytes, ['content-type', 'application/octet-stream']);
  });
}
