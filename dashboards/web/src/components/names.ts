import { useCatalog } from '../api.ts'
import { useWords } from '../words/index.ts'
import { quantity } from './format.tsx'

/** What the catalog calls things, in the reader's language; an unknown one keeps its id. */
export function useNames() {
  const { data: catalog } = useCatalog()
  const { t, lang, say } = useWords()
  const kindOf = (kind: string) => catalog?.items.find((item) => item.kind === kind)
  const featureOf = (kind: string, feature: string) =>
    kindOf(kind)?.detection?.features?.[feature] ?? kindOf(kind)?.detection?.guards?.[feature]
  const metricOf = (kind: string, metric: string) => kindOf(kind)?.metrics[metric]
  /** Ratios that people read as per cent. */
  const isShare = (kind: string, name: string): boolean => {
    const metric = metricOf(kind, name)
    if (metric) return metric.unit === '1' && metric.plausible[0] === 0 && metric.plausible[1] === 1
    return featureOf(kind, name)?.aggregate === 'share'
  }
  return {
    catalog,
    kindOf,
    /** An alert may be of a gateway, which is no kind of appliances. */
    kind: (kind: string) => (kind === 'gateway' ? t('common.gateway') : say(kindOf(kind)?.name, kind)),
    modeOf: (kind: string, mode: string) => kindOf(kind)?.failureModes[mode] ?? catalog?.any[mode],
    mode: (kind: string, mode: string | undefined) =>
      !mode || mode === 'none'
        ? t('common.noFault')
        : say((kindOf(kind)?.failureModes[mode] ?? catalog?.any[mode])?.text, mode),
    /** Of a mode whose kind is not at hand. */
    anyMode: (mode: string) =>
      mode === 'none'
        ? t('common.noFault')
        : say(
            catalog?.items.find(({ failureModes }) => Object.hasOwn(failureModes, mode))?.failureModes[mode]?.text ??
              catalog?.any[mode]?.text,
            mode,
          ),
    metric: (kind: string, metric: string) => say(metricOf(kind, metric)?.text, metric),
    feature: (kind: string, feature: string) =>
      say(featureOf(kind, feature)?.text ?? metricOf(kind, feature)?.text, feature),
    cycle: (kind: string, cycle: string) => say(kindOf(kind)?.detection?.cycles?.[cycle]?.text, cycle),
    part: (kind: string, part: string) => say(kindOf(kind)?.parts[part]?.text, part),
    anyPart: (part: string) =>
      say(catalog?.items.find(({ parts }) => Object.hasOwn(parts, part))?.parts[part]?.text, part),
    value: (kind: string, name: string, value: number | null | undefined, unit: string) =>
      quantity(value, unit, lang, isShare(kind, name)),
    isShare,
  }
}
