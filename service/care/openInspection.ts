import { type Reason, type Render, type Text, ticketIdSchema, type UnitOfWork } from '../../core/index.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import { openForInspection } from '../tickets/decide/begin.ts'

/** A visit that nothing is wrong for. */
export interface Inspection {
  id: string
  appliance: string
  noticed: Text
  why: Reason
}

export interface InspectionOpener {
  /** Its owner is asked to agree and to choose a time; the visit has the checklist of an inspection. */
  openInspection(tx: UnitOfWork, inspection: Inspection): Promise<string>
}

export const inspectionOpener = (carryOut: CarryOut, render: Render): InspectionOpener => ({
  async openInspection(tx, { id, appliance, noticed, why }) {
    const nothing = { failureMode: 'unknown', alerts: [], hypotheses: [], evidence: [] }
    const made = {
      id: ticketIdSchema.parse(id),
      source: 'inspection' as const,
      ...nothing,
      noticed,
      diagnosis: render(why),
    }
    return (await carryOut.open(tx, openForInspection, appliance, { made, why })).id
  },
})
