/** `POST /v1/audio/speech` (bytes) and `/v1/audio/transcriptions` (a form; JSON, text, subtitles, events). */
import type { Usage } from '../answer.ts';
import { sentencesFor } from '../text.ts';
import { countTokens, cutIntoPieces } from '../tokens.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { bendUsage, frameEvents, sseFrame, type WireEvent } from '../wire/sse.ts';
import { type Task, taskReply } from '../wire/task.ts';
import { names, openAiForm, openAiTask } from './openai-task.ts';
import { refuse } from './openai-wire.ts';

const SPEECH = {
  format: 'openai-speech',
  kinds: ['speech'],
  parameters: names('model input voice instructions response_format speed stream_format'),
  marked: 'input',
} as const;
const TRANSCRIPTION = {
  format: 'openai-transcription',
  kinds: ['transcription'],
  parameters: names(
    'model language prompt response_format temperature stream include include[] timestamp_granularities[] ' +
      'timestamp_granularities chunking_strategy',
  ),
  marked: 'prompt',
} as const;
const AUDIO_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};
const MAGIC: Readonly<Record<string, Buffer>> = {
  mp3: Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]),
  opus: Buffer.from('OggS'),
  aac: Buffer.from([0xff, 0xf1]),
  flac: Buffer.from('fLaC'),
  pcm: Buffer.alloc(0),
};
/** Speech that nobody hears: 24 kHz, 16 bits, one tenth of a second for each token. */
const BYTES_PER_TOKEN = 4_800;
/** Of a recording: 16 kHz, 16 bits. */
const BYTES_PER_SECOND = 32_000;
const AUDIO_TOKENS_PER_SECOND = 10;

export function answerSpeech(call: Call, stage: Stage): Reply {
  return openAiTask(call, stage, SPEECH, (task) => {
    const { body, controls } = task;
    if (typeof body.input !== 'string' || body.input === '')
      refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
    if (body.voice === undefined)
      refuse("Missing required parameter: 'voice'.", 'voice', 'missing_required_parameter');
    const format = String(body.response_format ?? 'mp3');
    const type = AUDIO_TYPES[format];
    if (type === undefined)
      refuse(`Invalid value: '${format.slice(0, 50)}'.`, 'response_format', 'invalid_value');
    const inputTokens = Math.floor(controls['input-tokens'] ?? countTokens(body.input));
    const audioTokens = Math.floor(controls.tokens ?? countTokens(body.input));
    const silence = Buffer.alloc(Math.min(audioTokens, 1_000) * BYTES_PER_TOKEN);
    const sound = Buffer.concat([
      format === 'wav' ? wavHead(silence.length) : (MAGIC[format] ?? silence),
      silence,
    ]);
    const usage = {
      promptTokens: inputTokens,
      cachedTokens: 0,
      completionTokens: audioTokens,
      reasoningTokens: 0,
      units: { characters: body.input.length, audioOutputTokens: audioTokens },
    };
    if (body.stream_format === 'sse') return speak(task, usage, sound);
    return taskReply(task, usage, sound, ['content-type', type], false);
  });
}

function speak(task: Task, usage: Usage, sound: Buffer): Reply {
  const { facts, controls, pacing } = task;
  const told = bendUsage(
    {
      input_tokens: usage.promptTokens,
      output_tokens: usage.completionTokens,
      total_tokens: usage.promptTokens + usage.completionTokens,
    },
    controls,
  );
  const each = Math.max(1, Math.ceil(sound.length / Math.max(1, usage.completionTokens)));
  const events: WireEvent[] = [];
  for (let at = 0; at < sound.length; at += each) {
    const audio = sound.subarray(at, at + each).toString('base64');
    const tokens = events.length < usage.completionTokens ? 1 : 0;
    events.push({ event: null, data: JSON.stringify({ type: 'speech.audio.delta', audio }), tokens });
  }
  const done = JSON.stringify({ type: 'speech.audio.done', usage: told });
  events.push({ event: null, data: done, isUsage: true, isEnd: true });
  return {
    ...facts,
    kind: 'stream',
    headers: ['content-type', 'text/event-stream; charset=utf-8'],
    events: frameEvents(events, controls, sseFrame(controls), []),
    usage,
    pacing,
    hiddenTokens: 0,
    isBinary: false,
  };
}

function wavHead(dataBytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + dataBytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(24_000, 24);
  head.writeUInt32LE(48_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(dataBytes, 40);
  return head;
}

export function answerTranscription(call: Call, stage: Stage): Reply {
  return openAiForm(call, stage, TRANSCRIPTION, (task, { files }) => {
    const file = files.get('file')?.[0];
    if (file === undefined)
      refuse("Missing required parameter: 'file'.", 'file', 'missing_required_parameter');
    if (file.bytes.length === 0) refuse('Audio file is too short.', 'file', 'audio_too_short');
    return transcribe(task, file.bytes);
  });
}

function transcribe(task: Task, sound: Buffer): Reply {
  const { body, controls } = task;
  const text = sentencesFor(sound.length);
  const seconds = Math.max(1, Math.ceil(sound.length / BYTES_PER_SECOND));
  const audioTokens = Math.floor(controls['input-tokens'] ?? seconds * AUDIO_TOKENS_PER_SECOND);
  const usage = {
    promptTokens: audioTokens,
    cachedTokens: 0,
    completionTokens: countTokens(text),
    reasoningTokens: 0,
    units: { audioSeconds: seconds, audioInputTokens: audioTokens },
  };
  const told = bendUsage(
    {
      type: 'tokens',
      input_tokens: audioTokens,
      input_token_details: { text_tokens: 0, audio_tokens: audioTokens },
      output_tokens: usage.completionTokens,
      total_tokens: audioTokens + usage.completionTokens,
    },
    controls,
  );
  if (body.stream === 'true') return transcribeAloud(task, usage, text, told);
  switch (body.response_format) {
    case 'text':
      return taskReply(task, usage, `${text}\n`, ['content-type', 'text/plain; charset=utf-8'], false);
    case 'srt':
      return taskReply(
        task,
        usage,
        `1\n00:00:00,000 --> 00:00:01,000\n${text}\n\n`,
        ['content-type', 'text/plain'],
        false,
      );
    case 'vtt':
      return taskReply(
        task,
        usage,
        `WEBVTT\n\n00:00.000 --> 00:01.000\n${text}\n\n`,
        ['content-type', 'text/plain'],
        false,
      );
    case 'verbose_json':
      return taskReply(task, usage, JSON.stringify(verbose(text, seconds)));
    default:
      return taskReply(task, usage, JSON.stringify({ text, usage: told }));
  }
}

/** The older shape bills by the second. */
function verbose(text: string, seconds: number): object {
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: seconds,
    text: ` ${text}`,
    tokens: [50364, 440, 50604],
    temperature: 0,
    avg_logprob: -0.25,
    compression_ratio: 1,
    no_speech_prob: 0.001,
  };
  const usage = { type: 'duration', seconds };
  return { task: 'transcribe', language: 'english', duration: seconds, text, segments: [segment], usage };
}

function transcribeAloud(
  { facts, controls, pacing }: Task,
  usage: Usage,
  text: string,
  told: unknown,
): Reply {
  const deltas = [...cutIntoPieces(text)].map(({ text: delta, tokens }) => ({
    event: null,
    data: JSON.stringify({ type: 'transcript.text.delta', delta }),
    tokens,
  }));
  const done = JSON.stringify({ type: 'transcript.text.done', text, usage: told });
  const events: WireEvent[] = [
    ...deltas,
    { event: null, data: done, isUsage: told !== undefined },
    { event: null, data: '[DONE]', isEnd: true },
  ];
  return {
    ...facts,
    inputTokens: usage.promptTokens,
    kind: 'stream',
    headers: ['content-type', 'text/event-stream; charset=utf-8'],
    events: frameEvents(events, controls, sseFrame(controls), []),
    usage,
    pacing,
    hiddenTokens: 0,
    isBinary: false,
  };
}
