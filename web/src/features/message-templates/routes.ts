/** The addresses of 消息模板. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'message_templates'
const meta = { title: '消息模板', menuKey }

export const messageTemplateRoutes: RouteRecordRaw[] = [
  { path: 'message-templates', name: menuKey, component: () => import('@/features/message-templates/TemplateList.vue'), meta },
  { path: 'message-templates/:kind', name: 'message-template', component: () => import('@/features/message-templates/TemplatePage.vue'), props: true, meta },
]
