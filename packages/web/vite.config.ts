import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { emitCritical } from './scripts/emit-critical.ts'
import { precompress } from './scripts/precompress.ts'

const server = process.env.PARLEY_DEV_SERVER ?? 'http://127.0.0.1:3010'
const proxy = {
  '/api': { target: server },
  '/health': { target: server },
  '/turn-credentials': { target: server },
  '/socket.io': { target: server, ws: true },
  '/ws': { target: server, ws: true },
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss(), emitCritical(), precompress()],
  server: { proxy },
  preview: { proxy },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    // Fonts and icons stay files: the content security policy needs no `data:` for them then.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // React changes rarely: a release of ours must not make people fetch it again.
          groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
})
