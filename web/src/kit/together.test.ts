// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent, h, onMounted } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import AllAtOnce from '@/kit/AllAtOnce.vue'
import { useLoaded } from '@/kit/loading'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A page of blocks, each of which asks for itself. */
function page(asked: Promise<string>[], also?: () => Promise<unknown>) {
  const Block = defineComponent({
    props: { ask: { type: Function, required: true } },
    setup(props) {
      const one = useLoaded(() => props.ask() as Promise<string>)
      onMounted(one.load)
      return () => h('p', one.data.value ?? '')
    },
  })
  const wrapper = mount(AllAtOnce, { props: { also }, slots: { default: () => asked.map((each) => h(Block, { ask: () => each })) } })
  const isSeen = async (): Promise<boolean> => {
    await flushPromises()
    await vi.advanceTimersByTimeAsync(1)
    return !wrapper.classes('coming')
  }
  return { wrapper, isSeen }
}

test('blocks are seen when the last has come, one that failed among them', async () => {
  let come: (text: string) => void = () => undefined
  const late = new Promise<string>((resolve) => (come = resolve))
  const { wrapper, isSeen } = page([Promise.resolve('甲'), Promise.reject(new Error('no network')), late])
  expect(await isSeen()).toBe(false)
  expect(wrapper.attributes('aria-busy')).toBe('true')
  come('乙')
  expect(await isSeen()).toBe(true)
  expect(wrapper.text()).toBe('甲乙')
})

test('a script that brings a block is waited for too', async () => {
  let come: (script: unknown) => void = () => undefined
  const script = new Promise((resolve) => (come = resolve))
  const { isSeen } = page([], () => script)
  expect(await isSeen()).toBe(false)
  come({})
  expect(await isSeen()).toBe(true)
})

test('what does not come is not waited for long', async () => {
  const { isSeen } = page([new Promise(() => undefined)])
  expect(await isSeen()).toBe(false)
  await vi.advanceTimersByTimeAsync(2000)
  expect(await isSeen()).toBe(true)
})
