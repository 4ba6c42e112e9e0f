import type { Catalog } from '../../../catalog/index.ts'
import {
  type Alert,
  alertIdSchema,
  engineerIdSchema,
  HOUR,
  type Render,
  type TicketState,
  ticketIdSchema,
} from '../../../core/index.ts'
import type { EngineerNow } from '../../dispatch/rankCandidates.ts'
import { weighVisit } from '../../dispatch/weighVisit.ts'
import { readPolicy } from '../../policy/policySchema.ts'
import type { CommandRecord } from '../../remote/commandTable.ts'
import { openFromAlert } from '../decide/begin.ts'
import type { Ticket } from '../ticket.ts'
import type { Facts, NewTicket, TicketCommand } from '../ticketCommand.ts'

type Type = TicketCommand['type']
/** Who sends a command, in the order of `TicketCommand`. */
export const senders = ['alerts', 'owner', 'people', 'planning', 'appliance', 'messages', 'effects'] as const
type Sender = (typeof senders)[number]
/** A command, and what is special about it where it leads elsewhere than the first of its type. */
type Sample<T extends Type> = readonly [when: string, command: Extract<TicketCommand, { type: T }>]
/** Every command at least once: one without a sample does not compile. */
type Samples = { readonly [T in Type]: readonly [by: Sender, first: Sample<T>, ...more: Sample<T>[]] }

/** A Monday, 9 o'clock UTC. */
const NOW = Date.UTC(2026, 5, 1, 9)
const home = { lat: 50, lon: 8 }
const van = { id: 'van', type: 'van', location: home, available: new Map([['compressor', 1]]) } as const
const eva: EngineerNow = {
  id: engineerIdSchema.parse('eva'),
  name: 'Eva',
  location: home,
  grade: 'A+',
  skills: ['sealed-system'],
  depot: 'van',
  openJobs: 0,
}
const alert: Alert = {
  id: alertIdSchema.parse('al-1'),
  appliance: 'f1',
  kind: 'fridge',
  failureMode: 'compressor-wear',
  hypotheses: [{ failureMode: 'compressor-wear', probability: 0.8 }],
  severity: 'warning',
  state: 'open',
  confidence: 0.9,
  firstSeenAt: NOW - 24 * HOUR,
  openedAt: NOW,
  evidence: [],
  explanation: {
    engineer: { en: 'Duty is up.', zh: '占空比上升。' },
    owner: { en: 'It works too hard.', zh: '负担过重。' },
  },
  detector: 'sample',
  updatedAt: NOW,
}
const command: CommandRecord = {
  id: 'c',
  type: 'restart',
  params: {},
  expires: NOW + HOUR,
  appliance: 'f1',
  by: 'user:dora',
  createdAt: NOW,
  state: 'queued',
}
const text = { en: 'a test', zh: '测试' }
const supply = [{ part: 'compressor', quantity: 1, place: 'van' }]
const policy = readPolicy()
const weighed = weighVisit(alert, policy)

const samples: Samples = {
  joinAlert: ['alerts', ['', { type: 'joinAlert', alert }]],
  joinWhileVerifying: ['alerts', ['', { type: 'joinWhileVerifying', alert }]],
  grow: ['alerts', ['', { type: 'grow', alert, weighed }]],
  loseReason: ['alerts', ['', { type: 'loseReason', alert: { ...alert, state: 'cleared' } }]],
  dismiss: ['alerts', ['', { type: 'dismiss', why: 'no fault' }]],
  joinReport: ['owner', ['', { type: 'joinReport', contact: { at: NOW, channel: 'app', by: 'owner', text: 'warm' } }]],
  accept: ['owner', ['', { type: 'accept' }]],
  decline: ['owner', ['', { type: 'decline' }]],
  cancel: ['owner', ['', { type: 'cancel', why: { code: 'said', params: { words: 'sold' } }, tells: true }]],
  rate: ['owner', ['', { type: 'rate', stars: 5, text: '' }]],
  reopen: ['owner', ['', { type: 'reopen' }]],
  confirmChecklist: ['owner', ['', { type: 'confirmChecklist', ticks: { done: false } }]],
  confirmBill: ['owner', ['', { type: 'confirmBill' }]],
  pay: [
    'owner',
    ['', { type: 'pay', payment: { bill: 'bill', state: 'asked', amount: 4900, currency: 'EUR', at: NOW } }],
  ],
  claimSwap: ['owner', ['', { type: 'claimSwap' }]],
  contestBill: ['owner', ['', { type: 'contestBill', why: 'too much' }]],
  guideTried: [
    'owner',
    ['it helped', { type: 'guideTried', helped: true }],
    ['no help', { type: 'guideTried', helped: false }],
  ],
  checked: [
    'owner',
    [
      'a visit pays',
      {
        type: 'checked',
        answers: { 'never-rests': 'yes' },
        after: { real: 0.9, hypotheses: alert.hypotheses },
        weighed,
      },
    ],
    [
      'none does now',
      {
        type: 'checked',
        answers: { 'never-rests': 'no' },
        after: { real: 0.05, hypotheses: alert.hypotheses },
        weighed: { ...weighed, act: false },
      },
    ],
  ],
  assign: ['people', ['', { type: 'assign', engineer: eva, why: 'near' }]],
  take: ['people', ['', { type: 'take', engineer: eva.id, why: { code: 'grab-by-id' } }]],
  contact: ['people', ['', { type: 'contact', words: '' }]],
  reached: ['people', ['', { type: 'reached', words: '' }]],
  noShow: ['people', ['', { type: 'noShow', why: 'dark' }]],
  startVisit: ['people', ['', { type: 'startVisit' }]],
  endVisit: [
    'people',
    ['', { type: 'endVisit', answers: { done: { ok: true } }, lock: undefined }],
    ['no safe earth', { type: 'endVisit', answers: { 'safety-test': { ok: false } }, lock: undefined }],
  ],
  waitForParts: ['people', ['', { type: 'waitForParts', parts: [{ part: 'compressor', quantity: 1 }] }]],
  close: [
    'people',
    ['', { type: 'close', closure: { cause: 'none', verdict: 'refuted', parts: [], note: '' }, contracts: [] }],
  ],
  callBack: [
    'people',
    ['solved', { type: 'callBack', desk: 'central', solved: true, note: '' }],
    ['not solved', { type: 'callBack', desk: 'central', solved: false, note: '' }],
  ],
  repairRemotely: ['people', ['', { type: 'repairRemotely', command }]],
  hold: ['people', ['', { type: 'hold', by: null }]],
  beginTest: ['people', ['', { type: 'beginTest', chosen: { test: 'cool', text, command } }]],
  offer: ['people', ['', { type: 'offer', why: { code: 'owner-asked' } }]],
  plan: ['planning', ['', { type: 'plan', promise: true }]],
  rank: ['planning', ['', { type: 'rank' }]],
  freshSlot: ['planning', ['', { type: 'freshSlot' }]],
  takeOff: [
    'planning',
    ['by their record', { type: 'takeOff', because: { code: 'day-off' }, from: 'record' }],
    ['in a round', { type: 'takeOff', because: { code: 'day-off' }, from: 'round' }],
  ],
  placeInDay: ['planning', ['', { type: 'placeInDay', engineer: eva.id, at: NOW }]],
  retime: ['planning', ['', { type: 'retime', at: NOW }]],
  partsCame: [
    'planning',
    ['all', { type: 'partsCame', supply }],
    ['not all', { type: 'partsCame', supply: [{ part: 'compressor', quantity: 1, dueAt: NOW + HOUR }] }],
  ],
  commandAnswered: [
    'appliance',
    ['done', { type: 'commandAnswered', result: 'done' }],
    ['failed', { type: 'commandAnswered', result: 'failed', detail: 'door open' }],
  ],
  commandLate: ['appliance', ['', { type: 'commandLate', command: 'restart', result: 'done' }]],
  tested: [
    'appliance',
    [
      'it showed',
      { type: 'tested', result: 'done', text, after: { real: 0.9, hypotheses: alert.hypotheses }, weighed },
    ],
    ['no result', { type: 'tested', result: 'refused', text }],
  ],
  verified: [
    'appliance',
    ['passed', { type: 'verified', outcome: 'passed', evidence: [] }],
    ['failed', { type: 'verified', outcome: 'failed', evidence: [] }],
    ['no data', { type: 'verified', outcome: 'no-data', evidence: [] }],
  ],
  deadline: [
    'appliance',
    ['owner-answer', { type: 'deadline', name: 'owner-answer' }],
    ['contact', { type: 'deadline', name: 'contact' }],
    ['second-contact', { type: 'deadline', name: 'second-contact' }],
    ['remote', { type: 'deadline', name: 'remote' }],
    ['test', { type: 'deadline', name: 'test' }],
    ['evidence', { type: 'deadline', name: 'evidence' }],
    ['call-back', { type: 'deadline', name: 'call-back' }],
    ['rating', { type: 'deadline', name: 'rating' }],
    ['any other', { type: 'deadline', name: 'on-site' }],
  ],
  heard: ['messages', ['', { type: 'heard' }]],
  unreached: ['messages', ['', { type: 'unreached', news: text, key: 'k' }]],
  guideFailed: ['messages', ['', { type: 'guideFailed' }]],
  settled: ['effects', ['', { type: 'settled', unaccounted: ['fan'], supply }]],
  unlocked: ['effects', ['', { type: 'unlocked', by: 'eva' }]],
  compensate: ['effects', ['', { type: 'compensate' }]],
  ownerLeft: ['effects', ['', { type: 'ownerLeft', owner: undefined, gone: { en: 'gone', zh: '无' } }]],
}

/** Every command, one after the other. */
export const sampleCommands = Object.values(samples).flatMap(([by, ...tries]) =>
  tries.map(([when, sample]) => ({ by, when, type: sample.type, command: sample, isFirst: sample === tries[0]?.[1] })),
)

/** A ticket of an alert, in any state: with what its offer brought alone, or with all that a command may ask for. Pure. */
export function sampleTickets(catalog: Catalog, render: Render) {
  const facts: Facts = {
    at: NOW,
    by: 'user:dora',
    appliance: {
      id: 'f1',
      kind: 'fridge',
      model: 'M1',
      location: home,
      owner: { name: 'Ann', contact: 'ann@example.invalid', language: 'en' },
      registeredAt: NOW,
    },
    catalog,
    render,
    isReachable: true,
    hearsBack: false,
    means: {
      now: NOW,
      live: policy,
      engineers: [eva],
      places: new Map([[van.id, van]]),
      standing: [],
      chosen: [],
    },
  }
  const { failureMode, hypotheses, explanation } = alert
  const made: NewTicket = {
    id: ticketIdSchema.parse('tk-1'),
    number: 'HW-2026-00001',
    source: 'predicted',
    failureMode,
    alerts: [alert.id],
    hypotheses,
    evidence: [],
    noticed: explanation.owner,
    diagnosis: explanation.engineer,
    policy: { version: 1, at: NOW, scopes: [] },
  }
  const why = { code: 'alert-opened', params: { alert: alert.id, mode: failureMode } } as const
  const { ticket: offered } = openFromAlert({ made, why, alert, weighed }, facts, policy)
  const bare = (state: TicketState): Ticket => ({ ...offered, state })
  const full = (state: TicketState): Ticket => ({
    ...offered,
    state,
    clocks: [...offered.clocks, { name: 'call-back', dueAt: NOW + 1 }],
    plan: { ...offered.plan, engineer: eva.id, slot: { from: NOW + HOUR, to: NOW + 2 * HOUR } },
    visit: { checklist: { at: NOW, by: 'eva', answers: { done: { ok: true } } } },
    remote: {
      guide: { id: 'g', offeredAt: NOW },
      repair: { command: 'c', type: 'restart', sentAt: NOW, by: 'd' },
      test: { test: 'cool', command: 'c', sentAt: NOW, real: 0.5 },
      check: { questions: ['never-rests'], askedAt: NOW, real: 0.5 },
    },
    money: { bill: { lines: [], totalCents: 0 }, swapRight: true },
  })
  return { facts, policy, bare, full, offered, supply }
}
