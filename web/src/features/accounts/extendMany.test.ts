// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { expect, test, vi } from 'vitest'

import ExtendMany from '@/features/accounts/ExtendMany.vue'
import type { Row } from '@/features/accounts/list'

const post = vi.hoisted(() => vi.fn())
vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { POST: post },
  answered: (answer: Promise<unknown>) => answer,
}))

const accounts = ['a', 'b'].map((id) => ({ id, login_name: id, organisation_name: '某机构' })) as Row[]
const day = defineComponent({
  props: { modelValue: { type: String, default: '' } },
  emits: ['update:modelValue'],
  setup: (_, { emit }) => {
    const typed = (event: Event) => emit('update:modelValue', (event.target as HTMLInputElement).value)
    return () => h('input', { id: 'extend-until', onInput: typed })
  },
})
const stubs = { DialogFrame: { template: '<div><slot /><slot name="footer" /></div>' }, DateField: day, 'el-input': true, 'el-button': { template: '<button><slot /></button>' } }

test('nothing is sent without a day; then each account has its answer, and those refused are tried again', async () => {
  const wrapper = mount(ExtendMany, { attachTo: document.body, props: { accounts }, global: { stubs } })
  await wrapper.get('form').trigger('submit')
  expect(post).not.toHaveBeenCalled()
  expect(wrapper.get('[role="alert"]').text()).toContain('有效期至')
  const done = { account_id: 'a', login_name: 'a', done: true, valid_until: '2029-01-01' }
  post.mockResolvedValueOnce({ results: [done, { account_id: 'b', login_name: 'b', done: false, reason: '请联系上级机构' }] })
  await wrapper.get('#extend-until').setValue('2029-01-01')
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  expect(post.mock.calls[0]?.[1]?.body).toEqual({ account_ids: ['a', 'b'], valid_until: '2029-01-01', reason: null })
  expect(wrapper.text()).toContain('已延期 1 个，未成功 1 个')
  expect(wrapper.text()).toContain('请联系上级机构')
  post.mockResolvedValueOnce({ results: [{ ...done, account_id: 'b', login_name: 'b' }] })
  await wrapper.findAll('button').find((each) => each.text().startsWith('重试'))!.trigger('click')
  await flushPromises()
  expect(post.mock.calls[1]?.[1]?.body.account_ids).toEqual(['b'])
  expect(wrapper.text()).toContain('已延期 2 个，未成功 0 个')
  wrapper.unmount()
})
