/**
 * The addresses of the portal and the guard before them. A page that the menu opens has the menu's key as its name; the API's menu
 * says who sees it (AUTH-17).
 */
import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { accountHelpRoutes } from '@/features/account-help/routes'
import { accountRoutes } from '@/features/accounts/routes'
import { administrationRoutes } from '@/features/administration/routes'
import { applicationDeskRoutes } from '@/features/applications/deskRoutes'
import { applyRoutes } from '@/features/applications/routes'
import { broadcastRoutes } from '@/features/broadcasts/routes'
import { caseDeskRoutes, caseRoutes } from '@/features/cases/routes'
import { certificateRoutes } from '@/features/certificates/routes'
import { classSessionRoutes } from '@/features/class-sessions/routes'
import { legacyImportRoutes } from '@/features/legacy-imports/routes'
import { declarationGroupRoutes } from '@/features/declaration-groups/routes'
import { deliveryRoutes } from '@/features/deliveries/routes'
import { declarationDueRoutes } from '@/features/declaration-due/routes'
import { declarationOversightRoutes } from '@/features/declaration-oversight/routes'
import { declarationReviewRoutes } from '@/features/declaration-reviews/routes'
import { declarationStatisticsRoutes } from '@/features/declaration-statistics/routes'
import { declarationRoutes } from '@/features/declarations/routes'
import { enterpriseRoutes } from '@/features/enterprise/routes'
import { enterpriseSignUpRoutes } from '@/features/enterprise-sign-up/routes'
import { expiringQualificationRoutes } from '@/features/expiring-qualifications/routes'
import { guideRoutes } from '@/features/guides/routes'
import { groupRegistrationRoutes } from '@/features/group-registrations/routes'
import { identityCorrectionRoutes } from '@/features/identity-corrections/routes'
import { institutionRoutes } from '@/features/institution/routes'
import { lateEntryRoutes } from '@/features/late-entries/routes'
import { messageTemplateRoutes } from '@/features/message-templates/routes'
import { messageRoutes } from '@/features/messages/routes'
import { numberPatternRoutes } from '@/features/number-patterns/routes'
import { organisationRoutes } from '@/features/organisations/routes'
import { planRoutes } from '@/features/plans/routes'
import { regionRoutes } from '@/features/regions/routes'
import { personnelRoutes } from '@/features/personnel/routes'
import { resultRoutes } from '@/features/results/routes'
import { reviewRoutes } from '@/features/reviews/routes'
import { rosterRoutes } from '@/features/rosters/routes'
import { scoreRoutes } from '@/features/scores/routes'
import { selectionRoutes } from '@/features/selections/routes'
import { waitingRoutes } from '@/features/selections/waitingRoutes'
import { settingsRoutes } from '@/features/settings/routes'
import { transferRoutes } from '@/features/transfers/routes'
import { statisticsRoutes } from '@/features/statistics/routes'
import { PLATFORM } from '@/kit/platform'
import { session } from '@/shell/session'

const SIGN_IN = 'sign-in'
const HOME = 'home'
/** Where a password that somebody else has set is changed before anything else (AUTH-12). */
const SETTINGS = 'settings'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** The key of the menu entry that must be granted. */
    menuKey?: string
    /** Open to everybody, signed in or not. */
    open?: boolean
    /** Of a public page that has more than one column. */
    wide?: boolean
  }
}

const publicRoutes: RouteRecordRaw[] = [...accountHelpRoutes, ...applyRoutes, ...caseRoutes, ...enterpriseSignUpRoutes, ...guideRoutes]

const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: SIGN_IN, component: () => import('@/features/sign-in/SignInPage.vue'), meta: { title: '登录' } },
  {
    // Not "/", which would take the home page's address; its own leads home, its children's are absolute.
    path: '/public',
    redirect: '/',
    component: () => import('@/shell/PublicLayout.vue'),
    children: publicRoutes.map((route) => ({ ...route, meta: { ...route.meta, open: true } }) as RouteRecordRaw),
  },
  {
    path: '/',
    component: () => import('@/shell/ShellLayout.vue'),
    children: [
      { path: '', name: HOME, component: () => import('@/shell/HomePage.vue'), meta: { title: '首页' } },
      ...institutionRoutes,
      ...personnelRoutes,
      ...transferRoutes,
      ...groupRegistrationRoutes,
      ...lateEntryRoutes,
      ...identityCorrectionRoutes,
      ...planRoutes,
      ...reviewRoutes,
      ...classSessionRoutes,
      ...rosterRoutes,
      ...scoreRoutes,
      ...selectionRoutes,
      ...waitingRoutes,
      ...resultRoutes,
      ...expiringQualificationRoutes,
      ...enterpriseRoutes,
      ...certificateRoutes,
      ...numberPatternRoutes,
      ...statisticsRoutes,
      ...declarationRoutes,
      ...declarationReviewRoutes,
      ...declarationDueRoutes,
      ...legacyImportRoutes,
      ...declarationGroupRoutes,
      ...declarationOversightRoutes,
      ...declarationStatisticsRoutes,
      ...messageRoutes,
      ...broadcastRoutes,
      ...deliveryRoutes,
      ...messageTemplateRoutes,
      ...settingsRoutes,
      ...caseDeskRoutes,
      ...applicationDeskRoutes,
      ...accountRoutes,
      ...organisationRoutes,
      ...administrationRoutes,
      ...regionRoutes,
      {
        path: ':path(.*)*',
        name: 'not-found',
        component: () => import('@/shell/NotFoundPage.vue'),
        meta: { title: '没有找到该页面' },
      },
    ],
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior(to, from, before) {
    // Whoever comes back is where he was; what only changes the question stays where it is.
    if (before) return new Promise((resolve) => requestAnimationFrame(() => resolve(before)))
    return to.path === from.path ? false : { top: 0 }
  },
})

/** Where to go after signing in: an address of this portal and no other. */
export function returnAddress(wanted: unknown): string {
  return typeof wanted === 'string' && wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : '/'
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const known = await session.recall()
  if (to.name === SIGN_IN) return known ? returnAddress(to.query['to']) : true
  if (!known) return { name: SIGN_IN, query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (session.me.value?.must_change_password && to.name !== SETTINGS) return { name: SETTINGS }
  const { menuKey } = to.meta
  const granted = !menuKey || session.me.value?.menu.some((item) => item.key === menuKey)
  return granted ? true : { name: 'not-found', params: { path: to.path.split('/').slice(1) }, query: to.query }
})

router.afterEach((to) => {
  document.title = `${to.meta.title} · ${PLATFORM}`
})

watch(session.me, (me) => {
  const here = router.currentRoute.value
  if (me || here.name === SIGN_IN || here.meta.open || !here.name) return
  void router.replace({ name: SIGN_IN, query: here.fullPath === '/' ? {} : { to: here.fullPath } })
})
