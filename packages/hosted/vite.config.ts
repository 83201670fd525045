import { defineConfig } from 'vite'

const api = process.env['NOVABILLING_URL'] ?? 'http://localhost:3000'

// Vite looks for this name.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  base: '/hosted/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 5174, proxy: { '/api': { target: api, changeOrigin: true } } },
})
