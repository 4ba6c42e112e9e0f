import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** The one accent. Green, amber, red and grey are kept for state. */
const hearth: MantineColorsTuple = [
  '#effcf9',
  '#d8f5ee',
  '#aeeadd',
  '#80dfca',
  '#5bd5ba',
  '#44cfb0',
  '#2bb498',
  '#0f8f78',
  '#0b7a66',
  '#045c4d',
]

export const theme = createTheme({
  primaryColor: 'hearth',
  primaryShade: 8,
  colors: { hearth },
  autoContrast: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  // By name: what a page does not show is not loaded for its theme.
  components: {
    // A link in a line of words is told apart by its line, not by its colour alone.
    Anchor: { defaultProps: { underline: 'always' } },
    // Its colour stands around it: orange words on light orange are not read by everybody.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Badge: { styles: { root: { textTransform: 'none', fontWeight: 600 } } },
    // What scrolls is reached by the keyboard, too.
    ScrollArea: { defaultProps: { viewportProps: { tabIndex: 0 } } },
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
  },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' } },
  },
})

/** Colour of a state, always beside a shape or a word. */
export const stateColor: Record<string, string> = {
  learning: 'gray',
  healthy: 'teal',
  watch: 'yellow',
  visit: 'red',
  silent: 'dark',
  info: 'gray',
  warning: 'yellow',
  critical: 'red',
}

/** Colour-blind safe, and the same metric has the same one everywhere. Source: Okabe and Ito (2008). */
const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#7A6F00', '#6A3D9A']
export function metricColor(metric: string): string {
  let sum = 0
  for (const letter of metric) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0
  return palette[sum % palette.length] as string
}
