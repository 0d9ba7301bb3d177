/** Images of a prompt: read in the browser, bounded before they go anywhere. */
import type { PromptImage } from './conversation.ts';

export const MAX_IMAGES = 4;
/** Four of them, in base64, fit into one call. */
export const IMAGE_MAX_BYTES = 1_310_720;
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;

export type ImageProblem = 'type' | 'size' | 'count' | 'unreadable';

/** @returns The images that can be sent, and what is wrong with the others. */
export async function readImages(
  files: readonly File[],
  present: number,
): Promise<{ images: PromptImage[]; problems: ImageProblem[] }> {
  const images: PromptImage[] = [];
  const problems: ImageProblem[] = [];
  for (const file of files) {
    const problem = judge(file, present + images.length);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    try {
      images.push({ name: file.name || file.type, url: await toDataUrl(file) });
    } catch {
      problems.push('unreadable');
    }
  }
  return { images, problems };
}

function judge(file: File, count: number): ImageProblem | undefined {
  if (count >= MAX_IMAGES) return 'count';
  if (!(IMAGE_TYPES as readonly string[]).includes(file.type)) return 'type';
  return file.size > IMAGE_MAX_BYTES ? 'size' : undefined;
}

export function toDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('Cannot read the file'));
    reader.readAsDataURL(file);
  });
}
