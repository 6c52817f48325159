/** The bars of 统计, drawn by ECharts: only what they need of it, in a file of its own that no other page loads. */
import { BarChart, type BarSeriesOption } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent, type GridComponentOption, type LegendComponentOption, type TooltipComponentOption } from 'echarts/components'
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

type Option = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>

export interface Bars {
  labels: readonly string[]
  /** By status: its name, its colour as the browser resolves it, a number for each label. */
  series: readonly { name: string; colour: string; numbers: readonly number[] }[]
  /** Labels down the side, for long names. */
  lying: boolean
}

function optionOf(bars: Bars): Option {
  const labels = { type: 'category' as const, data: [...bars.labels], inverse: bars.lying, axisLabel: { width: 150, overflow: 'truncate' as const } }
  const numbers = { type: 'value' as const, minInterval: 1 }
  return {
    animation: false,
    aria: { enabled: false },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    legend: { top: 0 },
    grid: { top: 36, bottom: 8, left: 8, right: 16, containLabel: true },
    xAxis: bars.lying ? numbers : labels,
    yAxis: bars.lying ? labels : numbers,
    series: bars.series.map((each) => ({
      type: 'bar',
      stack: 'all',
      name: each.name,
      barMaxWidth: 28,
      itemStyle: { color: each.colour },
      data: [...each.numbers],
    })),
  }
}

export interface Drawn {
  show: (bars: Bars) => void
  resize: () => void
  end: () => void
}

/** `open` hears which bar, and which part of it, was clicked. */
export function draw(box: HTMLElement, open: (label: number, series: number) => void): Drawn {
  const chart: EChartsType = init(box, null, { renderer: 'svg' })
  chart.on('click', (event) => open(event.dataIndex, event.seriesIndex ?? 0))
  return { show: (bars) => chart.setOption(optionOf(bars), true), resize: () => chart.resize(), end: () => chart.dispose() }
}
