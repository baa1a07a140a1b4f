/** The words that the settings of file_roll choose among. */

export const managers = ['default', 'rolltime'] as const
export const syncPolicies = ['never', 'roll', 'batch'] as const

export interface PathOptions {
  readonly manager: (typeof managers)[number]
  readonly directory: string
  readonly prefix: string
  /** Without its dot; empty for none. */
  readonly extension: string
}
