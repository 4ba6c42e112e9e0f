/** A broker of somebody else, and how to be there. */
export interface OutsideSettings {
  url: string
  /** The same after a restart: the broker resumes the session. */
  clientId: string
  version: 4 | 5
  /** Shares the messages with others of this group, where version 5 is there. */
  group: string | undefined
  /** Of other people's formats, besides the contract's own. */
  filters: readonly string[]
}
export interface OutsideState {
  connected: boolean
  version: 4 | 5
  /** Appliances that were heard over it since the start. */
  appliances: number
  error?: string
}
