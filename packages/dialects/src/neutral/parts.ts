/**
 * What a message is made of, in no vendor's words. Pure data; a wire format that cannot say a part says so
 * through its notes (notes.ts) instead of dropping it.
 */
import type { JsonValue, WireFormat } from './wire-format.ts';

/** Everything before this part may be kept in the provider's prompt cache. */
export interface CacheMark {
  readonly ttl: '5m' | '1h' | undefined;
}

/** Where bytes come from: in the request, behind an address, or uploaded to the provider before. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** An id that only the provider which holds the file understands. */
  | { readonly kind: 'file'; readonly fileId: string; readonly mediaType?: string };

export interface Citation {
  readonly text?: string;
  readonly url?: string;
  readonly title?: string;
  /** Half-open range in the text of the part, in UTF-16 units. */
  readonly start?: number;
  readonly end?: number;
  /** As the format said it, for the way back into the same format. */
  readonly native?: Native;
}

/** Something that only its own format can say; another format reports it. */
export interface Native {
  readonly format: WireFormat;
  readonly value: JsonValue;
}

interface Marked {
  readonly cacheMark?: CacheMark;
}

export interface TextPart extends Marked {
  readonly kind: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
  /** Gemini signs text as well as calls. */
  readonly signature?: Signature;
}

export interface ImagePart extends Marked {
  readonly kind: 'image';
  readonly source: MediaSource;
  readonly detail?: 'auto' | 'low' | 'high' | 'original';
  /** Gemini signs the images that it makes. */
  readonly signature?: Signature;
}

export interface DocumentPart extends Marked {
  readonly kind: 'document';
  readonly source: MediaSource | { readonly kind: 'text'; readonly mediaType: string; readonly text: string };
  readonly fileName?: string;
  readonly title?: string;
  readonly context?: string;
  /** Whether the model shall cite it. */
  readonly citations?: boolean;
}

export interface AudioPart extends Marked {
  readonly kind: 'audio';
  /** `id` names audio that the model itself made earlier. */
  readonly source: MediaSource | { readonly kind: 'id'; readonly id: string };
  /** What is spoken, where it is known. */
  readonly transcript?: string;
  readonly id?: string;
  /** Unix seconds. */
  readonly expiresAt?: number;
}

export interface VideoPart extends Marked {
  readonly kind: 'video';
  readonly source: MediaSource;
}

/** Proof that a provider made this; opaque, and valid only there. `format` says who understands it. */
export interface Signature {
  readonly format: WireFormat;
  readonly value: string;
}

/** What the model thought. `redacted` holds only what its provider can read. */
export interface ReasoningPart {
  readonly kind: 'reasoning';
  readonly id?: string;
  /** The thinking itself, or, with `isSummary`, what the provider tells of it. */
  readonly text: string;
  readonly isSummary?: boolean;
  readonly signature?: Signature;
  readonly redacted?: Signature;
}

export interface ToolCallPart extends Marked {
  readonly kind: 'toolCall';
  readonly id: string;
  readonly name: string;
  /** JSON text for functions, as the model wrote it (it may be invalid); free text for `custom`. */
  readonly arguments: string;
  readonly custom?: boolean;
  readonly signature?: Signature;
}

export interface ToolResultPart extends Marked {
  readonly kind: 'toolResult';
  readonly callId: string;
  /** Gemini names the function instead of the call; filled from the call where the format has no name. */
  readonly name?: string;
  readonly content: readonly Part[];
  readonly isError?: boolean;
  readonly custom?: boolean;
}

export interface RefusalPart {
  readonly kind: 'refusal';
  readonly text: string;
}

/** A block of a server tool, a container, a grounding result …: passes within its own format only. */
export interface NativePart extends Marked {
  readonly kind: 'native';
  /** What a report calls it, such as `web_search_tool_result`. */
  readonly name: string;
  readonly native: Native;
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | VideoPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | NativePart;
