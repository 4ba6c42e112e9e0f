import { because, Problem, sameText, say } from '../../../core/index.ts'
import { render } from '../../../words/index.ts'
import type { Answer } from '../answers/index.ts'

type View = Pick<
  Answer<'GET /api/t/:secret'>,
  'number' | 'slot' | 'isToCome' | 'appliance' | 'firm' | 'engineer' | 'owner'
>

/** The visit as one event (RFC 5545); a later file of the same ticket replaces it. @throws Problem `no-visit` */
export function visitCalendar({ number, slot, isToCome, appliance, firm, engineer, owner }: View): string {
  if (!slot || !isToCome) {
    throw new Problem({
      code: 'no-visit',
      message: `No visit is planned for ${number}.`,
      remedy: 'Choose a time first.',
      status: 409,
    })
  }
  const { kindName: kind = sameText(''), model } = appliance
  const title = say(render(because('calendar-visit', { kind, model })), owner?.language ?? 'en')
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Hearthwatch//Visit//EN',
    'BEGIN:VEVENT',
    `UID:${number}@hearthwatch`,
    `DTSTAMP:${stamp(slot.from)}`,
    `DTSTART:${stamp(slot.from)}`,
    `DTEND:${stamp(slot.to)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped([number, firm.name, firm.phone, engineer].filter(Boolean).join(', '))}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}

/** `20261129T120000Z`. */
const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
const escaped = (text: string): string => text.replaceAll(/([\\;,])/g, '\\$1').replaceAll(/\r?\n/g, '\\n')

/** No line is longer than 75 bytes. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const sign of line) {
    if (Buffer.byteLength(part + sign) > (parts.length === 0 ? 75 : 74)) {
      parts.push(part)
      part = ''
    }
    part += sign
  }
  return [...parts, part].join('\r\n ')
}
