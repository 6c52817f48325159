/** Of a long table only the rows in sight are in the page, and the one where somebody is; above and between them stands an empty row of their
 * height. A short table has all its rows, as the browser's own search and paper want them. */
import { useVirtualizer, type Range } from '@tanstack/vue-virtual'
import { computed, type ComputedRef } from 'vue'

const WHOLE = 100
/** Rows above and below those in sight: a fling of the wheel finds them there. */
const BESIDE = 12

interface Line {
  index: number
  /** Pixels of rows that are not there, right above it. */
  gap: number
}

export interface Windowed {
  lines: ComputedRef<readonly Line[]>
  /** Pixels of rows that are not there below the last line. */
  below: ComputedRef<number>
  /** A line's element tells its own height. */
  measure: (element: Element | null) => void
}

export interface WindowedOptions {
  count: () => number
  /** The row that is kept, wherever one scrolls to. */
  kept: () => number
  scroller: () => HTMLElement | null
  /** What a row is tall, until it is measured. */
  height: number
  /** The attribute that holds a row's index. */
  attribute: string
}

export function useWindowed(options: WindowedOptions): Windowed {
  const whole = computed(() => options.count() <= WHOLE)

  /** What is in sight, with what is beside it and the row that is kept. */
  function extract({ startIndex, endIndex, count }: Range): number[] {
    const first = Math.max(startIndex - BESIDE, 0)
    const last = Math.min(endIndex + BESIDE, count - 1)
    const seen = Array.from({ length: Math.max(last - first + 1, 0) }, (_, at) => first + at)
    const kept = options.kept()
    if (kept < 0 || kept >= count || (kept >= first && kept <= last)) return seen
    return kept < first ? [kept, ...seen] : [...seen, kept]
  }

  const virtual = useVirtualizer(
    computed(() => ({
      count: whole.value ? 0 : options.count(),
      getScrollElement: options.scroller,
      estimateSize: () => options.height,
      indexAttribute: options.attribute,
      rangeExtractor: extract,
    })),
  )
  const items = computed(() => virtual.value.getVirtualItems())
  const lines = computed((): Line[] => {
    if (whole.value) return Array.from({ length: options.count() }, (_, index) => ({ index, gap: 0 }))
    return items.value.map((item, at) => ({ index: item.index, gap: item.start - (items.value[at - 1]?.end ?? 0) }))
  })
  return {
    lines,
    below: computed(() => (whole.value ? 0 : virtual.value.getTotalSize() - (items.value[items.value.length - 1]?.end ?? 0))),
    measure: (element) => {
      if (!whole.value) virtual.value.measureElement(element)
    },
  }
}
