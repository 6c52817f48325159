// @vitest-environment jsdom
import { mount } from '@vue/test-utils'
import { defineComponent, h, nextTick } from 'vue'
import { expect, test, vi } from 'vitest'

import { Problem } from '@/api/problem'
import AttachmentViewer from '@/kit/AttachmentViewer.vue'
import BatchResult from '@/kit/BatchResult.vue'
import ErrorSummary from '@/kit/ErrorSummary.vue'
import FormField from '@/kit/FormField.vue'
import { useProblems, type FormProblems } from '@/kit/problems'
import SideBySide from '@/kit/SideBySide.vue'

const attachTo = document.body

/** A page with one field, as pages are made. */
function page() {
  let form: FormProblems | undefined
  const Page = defineComponent(() => {
    form = useProblems()
    const field = () => h('input', { id: 'person' })
    return () => [h(ErrorSummary, { problem: form!.problem.value }), h(FormField, { id: 'person', name: 'person_name', label: '姓名', required: true }, field)]
  })
  return { wrapper: mount(Page, { attachTo }), form: form! }
}

test('a summary names the field and leads to it, and the field says what is wrong', async () => {
  const { wrapper, form } = page()
  await form.attempt(() => Promise.reject(new Problem(422, 'invalid_input', '填写的内容有误', [{ field: 'person_name', code: 'x', message: '含有不能使用的字符' }])))
  await nextTick()
  await nextTick()
  expect(document.activeElement?.getAttribute('role')).toBe('alert')
  const link = wrapper.get('[role="alert"] a')
  expect(link.text()).toBe('姓名：含有不能使用的字符')
  const control = wrapper.get('#person')
  expect(control.attributes()).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'person-error', 'aria-required': 'true' })
  await link.trigger('click')
  expect(document.activeElement).toBe(control.element)
  wrapper.unmount()
})

test('what has a star and is blank is found before anything is sent', async () => {
  const { wrapper, form } = page()
  expect(form.whole({ person_name: '  ', other: '' })).toBe(false)
  await nextTick()
  expect(wrapper.get('[role="alert"]').text()).toContain('请填写姓名')
  expect(form.whole({ person_name: '李芳' })).toBe(true)
  expect(form.problem.value).toBe(null)
  wrapper.unmount()
})

test('the arrow keys go from one record to the next, and stay at the end', async () => {
  const props = { title: '人员', rows: ['a', 'b'], rowKey: (row: string) => row, chosen: 'a', none: '没有' }
  const wrapper = mount(SideBySide<string>, { attachTo, props, slots: { row: ({ row }: { row: string }) => row } })
  await wrapper.get('button[aria-current]').trigger('keydown', { key: 'ArrowDown' })
  expect(wrapper.emitted('choose')).toEqual([['b']])
  await wrapper.setProps({ chosen: 'b' })
  await wrapper.get('button[aria-current]').trigger('keydown', { key: 'ArrowDown' })
  expect(wrapper.emitted('choose')).toHaveLength(1)
  wrapper.unmount()
})

test('a file is fetched when it is chosen and not before, a picture as a picture and a PDF in a frame', async () => {
  const files = [
    { id: '1', name: '执照.png', content_type: 'image/png' },
    { id: '2', name: '证书.pdf', content_type: 'application/pdf' },
  ]
  const wrapper = mount(AttachmentViewer, { attachTo, props: { files, href: (file: { id: string }) => `about:blank#${file.id}` } })
  expect(wrapper.find('img, iframe').exists()).toBe(false)
  const [first] = wrapper.findAll('button')
  await first!.trigger('click')
  expect(wrapper.get('img').attributes()).toMatchObject({ src: 'about:blank#1', alt: '执照.png' })
  await first!.trigger('keydown', { key: 'ArrowDown' })
  await nextTick()
  expect(wrapper.get('iframe').attributes()).toMatchObject({ src: 'about:blank#2', title: '证书.pdf' })
  expect(document.activeElement?.textContent).toBe('证书.pdf')
  wrapper.unmount()
})

test('of a batch what failed comes first, with why, and can be tried again', async () => {
  const again = vi.fn()
  const outcomes = [
    { key: '1', name: '张三', done: true, words: '已报名' },
    { key: '2', name: '李四', done: false, words: '报名表未填完' },
  ]
  const wrapper = mount(BatchResult, { attachTo, props: { summary: '已报名 1 人', outcomes, again } })
  expect(wrapper.findAll('li').map((each) => each.text())).toEqual([expect.stringContaining('李四 报名表未填完'), expect.stringContaining('张三 已报名')])
  expect(document.activeElement?.textContent).toContain('已报名 1 人')
  await wrapper.get('button').trigger('click')
  expect(again).toHaveBeenCalledWith(['2'])
  wrapper.unmount()
})
