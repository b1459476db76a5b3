import { join } from 'node:path';
import { defineConfig } from 'vite';

/** What answers the questions of an exported page: the query layer, as one script. After the page's own build. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: '../dist/inspector',
    emptyOutDir: false,
    target: 'es2023',
    lib: {
      entry: join(import.meta.dirname, '../src/inspect/offline.ts'),
      formats: ['iife'],
      name: 'openbellOffline',
      fileName: () => 'offline.js',
    },
  },
});
