import legacy from '@vitejs/plugin-legacy';
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vitest/config';

// What libraries call and Chromium 85 lacks. Detection by the plugin doubles the size with things nobody calls.
const polyfills = [
  'es.array.at',
  'es.array.find-last',
  'es.array.find-last-index',
  'es.array.to-sorted',
  'es.string.at-alternative',
  'es.object.has-own',
];

const backend = process.env.DINGBAN_DEV_BACKEND ?? 'http://127.0.0.1:8090';

export default defineConfig({
  plugins: [
    vue(),
    components({ dts: false, dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    // Only the polyfill chunk: legacy bundles need inline scripts, which the content security policy forbids.
    legacy({ renderLegacyChunks: false, modernTargets: ['chrome >= 85', 'edge >= 88'], modernPolyfills: polyfills }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: ['chrome85', 'edge88'],
    cssTarget: ['chrome85'],
    // The checked-in placeholder must survive; scripts/finish.mjs puts it back.
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    manifest: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Words below pages/ come with the pages that need them (addWords).
            { name: 'words-zh-CN', test: /(shared|modules[\\/][a-z]+)[\\/]locales[\\/]zh-CN\.json$/ },
            { name: 'words-en', test: /(shared|modules[\\/][a-z]+)[\\/]locales[\\/]en\.json$/ },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/api': { target: backend, ws: true, secure: false, changeOrigin: true },
      '/openapi.json': { target: backend, secure: false },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    css: false,
    server: { deps: { inline: ['element-plus'] } },
  },
});
