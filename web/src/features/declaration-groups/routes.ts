/** The addresses of 集团申报 and 集团邀请. */
import type { RouteRecordRaw } from 'vue-router'

const group = 'declaration_group'
const asked = 'group_memberships'

export const declarationGroupRoutes: RouteRecordRaw[] = [
  { path: 'declaration-group', name: 'declaration_group', component: () => import('@/features/declaration-groups/GroupPage.vue'), meta: { title: '集团申报', menuKey: group } },
  {
    path: 'declaration-group/sheet',
    name: 'declaration-group-sheet',
    component: () => import('@/features/declaration-groups/GroupSheetPage.vue'),
    meta: { title: '集团申报表格', menuKey: group },
  },
  {
    path: 'declaration-group/members/:id',
    name: 'declaration-group-member',
    component: () => import('@/features/declaration-groups/MemberPage.vue'),
    props: true,
    meta: { title: '成员的申报', menuKey: group },
  },
  {
    path: 'declaration-group/members/:id/new',
    name: 'declaration-group-new',
    component: () => import('@/features/declaration-groups/NewOfMember.vue'),
    props: true,
    meta: { title: '添加申报', menuKey: group },
  },
  {
    path: 'declaration-group/members/:id/:section',
    name: 'declaration-group-form',
    component: () => import('@/features/declaration-groups/MemberForm.vue'),
    props: true,
    meta: { title: '成员的申报', menuKey: group },
  },
  { path: 'group-memberships', name: 'group_memberships', component: () => import('@/features/declaration-groups/MembershipList.vue'), meta: { title: '集团邀请', menuKey: asked } },
]
