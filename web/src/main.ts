/** Starts the portal, unless the page already says that this browser cannot run it. */
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import App from '@/shell/App.vue'
import { queryOptions } from '@/kit/queries'
import { router } from '@/shell/router'

import 'element-plus/theme-chalk/base.css'
import '@/styles/tokens.css'

const page = document.documentElement
if (!page.hasAttribute('data-unsupported')) {
  createApp(App).use(router).use(VueQueryPlugin, queryOptions).mount('#app')
  page.setAttribute('data-started', '')
}
