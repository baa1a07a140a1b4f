/**
 * The features of the cluster that clients ask ApiVersions for: which levels this broker could have, and which one holds. One broker has nobody to agree
 * with, so the level is always the highest it has.
 */
export interface Feature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** In the order of their names. */
export const features: readonly Feature[] = [
  // The newer group protocol (KIP-848).
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
]
