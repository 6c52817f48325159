/** How the portal is built and how it is served while it is written. The gateway's rules for scripts and styles hold for what comes out. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const OLD_BROWSERS = 'old-browsers.js'

/** Puts the script for browsers that cannot run the portal before everything else, unbundled, its name following its content. */
function oldBrowsers(): Plugin {
  let reference = ''
  return {
    name: 'old-browsers',
    apply: 'build',
    buildStart() {
      const source = readFileSync(fileURLToPath(new URL(`src/${OLD_BROWSERS}`, import.meta.url)), 'utf-8')
      reference = this.emitFile({ type: 'asset', name: OLD_BROWSERS, source })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.values(bundle ?? {}).find((each) => each.type === 'asset' && each.names.includes(OLD_BROWSERS))
        if (!file) throw new Error(`${OLD_BROWSERS} (${reference}) was not emitted`)
        return [{ tag: 'script', attrs: { src: `/${file.fileName}` }, injectTo: 'head-prepend' }]
      },
    },
  }
}

export default defineConfig({
  plugins: [vue(), components({ dts: 'src/components.d.ts', dirs: [], resolvers: [ElementPlusResolver()] }), oldBrowsers()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  worker: { format: 'es' },
  // The kernel of 360 极速浏览器 on Windows 7 (AUTH-21).
  build: { target: 'chrome86', assetsInlineLimit: 0 },
  // Its styles are the bundler's business, also in a test.
  test: { server: { deps: { inline: ['element-plus'] } } },
  server: { proxy: Object.fromEntries(['/api', '/check-in', '/verify'].map((path) => [path, process.env['PLATFORM_URL'] ?? 'http://127.0.0.1:8000'])) },
})
