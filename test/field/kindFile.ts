/** The smallest file of a kind of one's own. @param metrics in Celsius, plausible from −40 to `high` */
export const kindFile = (kind: string, metrics: string[], high = 120) => ({
  kind,
  name: { en: kind, zh: kind },
  cadenceSeconds: 60,
  metrics: Object.fromEntries(
    metrics.map((metric) => [
      metric,
      { unit: 'Cel', plausible: [-40, high], resolution: 0.1, text: { en: metric, zh: metric } },
    ]),
  ),
})
