import type { Catalog } from '../../catalog/index.ts'
import { because, type CohortNotice, type Reason, sameText } from '../../core/index.ts'

/** A region's cell as people say it: 48,-5 is 48°N 5°W. */
function placeOf(region: string): string {
  const [lat = 0, lon = 0] = region.split(',').map(Number)
  return `${Math.abs(lat)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon)}°${lon < 0 ? 'W' : 'E'}`
}

function subjectOf({ cause, by, cohort }: CohortNotice): Reason {
  if (cause === 'outage') return because('cohort-outage', { where: placeOf(cohort) })
  if (cause === 'weather') return because('cohort-weather', { where: placeOf(cohort) })
  return because(by === 'firmware' ? 'cohort-firmware' : 'cohort-batch', { cohort })
}

/** What the desk is told of a notice: at its opening, when it has grown, and when it has ended. Pure. */
export function describeCohort(notice: CohortNotice, catalog: Catalog): { title: Reason; body: Reason } {
  const { cause, kind = '', failureMode, joined, standing, size, state, expected } = notice
  const subject = subjectOf(notice)
  const what =
    cause === 'outage'
      ? because('cohort-appliances', { joined })
      : because('cohort-findings', {
          joined,
          kind: catalog.kinds.get(kind)?.name ?? sameText(kind),
          mode: catalog.failureMode(kind, failureMode).text,
        })
  if (state === 'closed') {
    return { title: because('cohort-ended-title', { subject }), body: because('cohort-ended', { what, standing }) }
  }
  const held =
    cause === 'outage'
      ? because('cohort-nobody-sent')
      : because(notice.holdUntil === undefined ? 'cohort-tickets-go-on' : 'cohort-no-tickets')
  return {
    title: because('cohort-title', { subject, what }),
    body: because('cohort-body', { joined, size, expected, held }),
  }
}
