import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env['NOVABILLING_URL'] ?? 'http://localhost:3000'

// Vite looks for this name.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  server: { port: 5173, proxy: { '/api': { target: api, changeOrigin: true } } },
})
