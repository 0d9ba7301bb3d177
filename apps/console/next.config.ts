/**
 * How Next builds the console. Types are checked by `tsc` of this repository, not by Next. The content
 * security policy is in src/proxy.ts, because it carries a nonce per request.
 */
import path from 'node:path';
import type { NextConfig } from 'next';

const repositoryRoot = path.resolve(import.meta.dirname, '../..');

const OUR_PACKAGES = [
  'alerts',
  'api',
  'audit',
  'billing',
  'catalog',
  'clock',
  'config',
  'db',
  'dialects',
  'errors',
  'identity',
  'ids',
  'keys',
  'limits',
  'logging',
  'mail',
  'metering',
  'money',
  'payloads',
  'providers',
  'queues',
  'reconciliation',
  'routing',
  'ui',
].map((name) => `@tollgate/${name}`);

const securityHeaders = [
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'X-Permitted-Cross-Domain-Policies', value: 'none' },
];

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: repositoryRoot,
  turbopack: { root: repositoryRoot },
  transpilePackages: OUR_PACKAGES,
  serverExternalPackages: [
    'pg',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@node-rs/argon2',
    'bullmq',
    'ioredis',
    'nodemailer',
    'pdfmake',
    'pino',
    'stripe',
    'undici',
  ],
  // Files that documents read by path, which tracing cannot see.
  outputFileTracingIncludes: {
    '/**': [
      '../../packages/billing/node_modules/geist/package.json',
      '../../packages/billing/node_modules/geist/dist/font.js',
      '../../packages/billing/node_modules/geist/dist/fonts/geist-*/*-{Regular,SemiBold}.ttf',
      '../../packages/billing/node_modules/@fontsource/noto-sans-*/package.json',
      '../../packages/billing/node_modules/@fontsource/noto-sans-*/files/*-{400,700}-normal.woff',
      '../../packages/billing/node_modules/@embedpdf/fonts-*/package.json',
      '../../packages/billing/node_modules/@embedpdf/fonts-*/dist/*.js',
      '../../packages/billing/node_modules/@embedpdf/fonts-*/dist/*.cjs',
      '../../packages/billing/node_modules/@embedpdf/fonts-*/fonts/*-{Regular,SemiBold,Bold}.{ttf,otf}',
    ],
  },
  // Tracing takes the whole folder along, for want of knowing which file a path names: sources, tests and their pictures.
  outputFileTracingExcludes: {
    '/**': ['./src/**', './e2e/**', './docs/**', './test-results/**', './*.config.*'],
  },
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  experimental: { optimizePackageImports: ['@tollgate/ui', 'lucide-react'] },
  async headers() {
    return [{ source: '/:path*', headers: securityHeaders }];
  },
};

export default config;
