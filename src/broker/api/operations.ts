/** What a client may do, as bits (bit n is ACL operation n). Without an authorizer that is everything a kind of thing has. */
const bits = (...operations: readonly number[]): number => operations.reduce((sum, n) => sum | (1 << n), 0)

/** Read, write, create, delete, alter, describe, describe configs, alter configs. */
export const topicOperations = bits(3, 4, 5, 6, 7, 8, 10, 11)
/** Read, delete, describe. */
export const groupOperations = bits(3, 6, 8)
/** Create, alter, describe, cluster action, describe configs, alter configs, idempotent write. */
export const clusterOperations = bits(5, 7, 8, 9, 10, 11, 12)
