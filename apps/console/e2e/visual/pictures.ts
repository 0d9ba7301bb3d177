/**
 * Pictures as they are kept: small files, compared by what a person would see. Cells of 8 by 8 points are held against
 * each other, so that another number or id in a table passes, and another place, size or colour does not.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';

const FOLDER = path.join(import.meta.dirname, 'kept');
const QUALITY = 0.55;
const CELL_PX = 8;
/** Of 255, in any colour: what a letter more or less changes in a cell is below this. */
const CELL_TOLERANCE = 40;

export interface Comparison {
  /** Share of the cells that differ; 1 where the size does. */
  readonly share: number;
}

/** A page of the browser's own, which draws and reads pictures. */
export async function openDrawingPage(page: Page): Promise<Page> {
  const drawing = await page.context().newPage();
  await drawing.goto('about:blank');
  return drawing;
}

/** @returns The picture as it would be kept. */
export async function shrink(drawing: Page, png: Buffer): Promise<Buffer> {
  const webp = await drawing.evaluate(
    async ({ source, quality }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    { source: `data:image/png;base64,${png.toString('base64')}`, quality: QUALITY },
  );
  return Buffer.from(webp.slice(webp.indexOf(',') + 1), 'base64');
}

export async function compare(drawing: Page, kept: Buffer, taken: Buffer): Promise<Comparison> {
  const toSource = (webp: Buffer): string => `data:image/webp;base64,${webp.toString('base64')}`;
  return drawing.evaluate(
    async ({ sources, cell, tolerance }) => {
      const cells = await Promise.all(
        sources.map(async (source) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const canvas = document.createElement('canvas');
          canvas.width = Math.ceil(image.naturalWidth / cell);
          canvas.height = Math.ceil(image.naturalHeight / cell);
          const context = canvas.getContext('2d');
          if (context === null) throw new Error('Cannot compare pictures: the browser must draw');
          context.imageSmoothingQuality = 'high';
          context.drawImage(image, 0, 0, canvas.width, canvas.height);
          return context.getImageData(0, 0, canvas.width, canvas.height);
        }),
      );
      const [before, after] = cells;
      if (before === undefined || after === undefined) return { share: 1 };
      if (before.width !== after.width || before.height !== after.height) return { share: 1 };
      let different = 0;
      for (let at = 0; at < before.data.length; at += 4) {
        const far = [0, 1, 2].some(
          (color) => Math.abs((before.data[at + color] ?? 0) - (after.data[at + color] ?? 0)) > tolerance,
        );
        if (far) different += 1;
      }
      return { share: different / (before.width * before.height) };
    },
    { sources: [toSource(kept), toSource(taken)], cell: CELL_PX, tolerance: CELL_TOLERANCE },
  );
}

export function readKept(name: string): Buffer | undefined {
  const file = path.join(FOLDER, `${name}.webp`);
  return existsSync(file) ? readFileSync(file) : undefined;
}

export function keep(name: string, picture: Buffer): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, `${name}.webp`), picture);
}
