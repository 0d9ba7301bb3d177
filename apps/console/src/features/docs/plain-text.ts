/** Marks of the documentation's texts: `code`, **strong**, [links](/path). */
export const MARK = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((\/[^)\s]*)\)/g;

/** As somebody reads it: for searching. */
export function plainText(text: string): string {
  return text.replaceAll(
    MARK,
    (_, code?: string, strong?: string, label?: string) => code ?? strong ?? label ?? '',
  );
}
