/** The account's theme colour (主体颜色, AUTH-18): each choice passes WCAG AA under white text. */
const COLOURS = [
  { value: '', label: '蓝色（默认）', deep: '', faint: '' },
  { value: '#1a7340', label: '绿色', deep: '#125230', faint: '#e6f4ec' },
  { value: '#7a3ea8', label: '紫色', deep: '#5b2d80', faint: '#f3ebf9' },
  { value: '#9a4a00', label: '棕色', deep: '#733700', faint: '#fbefe3' },
  { value: '#40505f', label: '灰色', deep: '#2d3945', faint: '#eceff2' },
]

function use(colour: string): void {
  const chosen = COLOURS.find((each) => each.value === colour)
  const style = document.documentElement.style
  if (chosen?.value) {
    style.setProperty('--brand', chosen.value)
    style.setProperty('--brand-deep', chosen.deep)
    style.setProperty('--brand-faint', chosen.faint)
  } else {
    style.removeProperty('--brand')
    style.removeProperty('--brand-deep')
    style.removeProperty('--brand-faint')
  }
}

/** What `--brand` is without a choice, for showing it beside the others. */
const DEFAULT = '#1d5fa8'

export function useThemeColour(): { COLOURS: typeof COLOURS; DEFAULT: string; use: (colour: string) => void } {
  return { COLOURS, DEFAULT, use }
}
