import type { Catalog } from '../../catalog/index.ts'
import type { CohortNotice, Text } from '../../core/index.ts'

/** A region's cell as people say it: 48,-5 is 48°N 5°W. */
export function placeOf(region: string): string {
  const [lat = 0, lon = 0] = region.split(',').map(Number)
  return `${Math.abs(lat)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon)}°${lon < 0 ? 'W' : 'E'}`
}

/** What the desk is told of a notice: at its opening, when it has grown, and when it has ended. */
export function cohortWords(notice: CohortNotice, catalog: Catalog): { title: Text; body: Text } {
  const { cause, by, cohort, kind, failureMode, joined, standing, size, state } = notice
  const name = catalog.kinds.get(kind ?? '')?.name ?? { en: kind ?? '', zh: kind ?? '' }
  const mode = catalog.failureMode(kind ?? '', failureMode).text
  const where = placeOf(cohort)
  const chance = notice.expected < 0.1 ? '0.1' : notice.expected.toFixed(1)
  const few = {
    en: `By chance it would be ${notice.expected < 0.1 ? 'fewer than ' : 'about '}${chance}.`,
    zh: `偶然情形下约 ${chance} 台。`,
  }
  const subject: Text =
    cause === 'outage'
      ? { en: `Network outage in area ${where}`, zh: `${where} 区域网络中断` }
      : cause === 'weather'
        ? { en: `Weather over area ${where}`, zh: `${where} 区域天气影响` }
        : by === 'firmware'
          ? { en: `Firmware ${cohort}`, zh: `固件 ${cohort}` }
          : { en: `Batch ${cohort}`, zh: `批次 ${cohort}` }
  const what: Text =
    cause === 'outage'
      ? { en: `${joined} appliances`, zh: `${joined} 台设备` }
      : {
          en: `${joined} × ${name.en.toLowerCase()}: ${mode.en.toLowerCase()}`,
          zh: `${joined} 台${name.zh}：${mode.zh}`,
        }
  if (state === 'closed') {
    return {
      title: { en: `${subject.en} has ended`, zh: `${subject.zh}已结束` },
      body: {
        en: `${what.en} were part of it; ${standing} still stand and are looked after one by one.`,
        zh: `共涉及${what.zh}；仍有 ${standing} 台未恢复，将逐一处理。`,
      },
    }
  }
  const held: Text =
    cause === 'outage'
      ? { en: 'Nobody is sent for it.', zh: '不会派人上门。' }
      : notice.holdUntil !== undefined
        ? {
            en: 'No tickets are made for a time, unless one goes clearly beyond the others.',
            zh: '暂不开单，明显重于其他者除外。',
          }
        : { en: 'Their tickets go on.', zh: '工单照常处理。' }
  return {
    title: { en: `${subject.en}: ${what.en}`, zh: `${subject.zh}：${what.zh}` },
    body: {
      en: `${joined} of ${size} show it within a short time. ${few.en} ${held.en}`,
      zh: `${size} 台中有 ${joined} 台在短时间内出现。${few.zh}${held.zh}`,
    },
  }
}
