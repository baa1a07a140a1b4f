/**
 * UpdateFeatures: a feature may be set to the level that it has, and to no other. 0 says per feature whether it may be lowered, 1+ how (upgradeType).
 * Version 2, in which one answer holds for all features, came with Kafka 4, which has no broker without KRaft; its clients ask in version 1 here.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { updateFeatures as api } from '../../protocol/messages/update-features.ts'
import type { RequestOf } from '../../protocol/table.ts'
import { features } from './features.ts'
import { defineHandler, type Services } from './handler.ts'

type Asked = RequestOf<typeof api>['featureUpdates'][number]

interface Result {
  readonly feature: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

const UPGRADE_TYPES = { first: 1, last: 3 } as const

/** Why the level cannot be had, or undefined when it is had already. */
const problemOf = ({ feature, maxVersionLevel, upgradeType }: Asked, { brokerId }: Services): string | undefined => {
  if (upgradeType < UPGRADE_TYPES.first || upgradeType > UPGRADE_TYPES.last)
    return 'The controller does not support the given upgrade type.'
  if (maxVersionLevel < 0) return 'A feature version cannot be less than 0.'
  const known = features.find(({ name }) => name === feature)
  if (known === undefined) return `Local controller ${brokerId} does not support this feature.`
  if (maxVersionLevel === known.maxVersion) return undefined
  const { minVersion, maxVersion } = known
  return maxVersionLevel > maxVersion || maxVersionLevel < minVersion
    ? `Local controller ${brokerId} only supports versions ${minVersion}-${maxVersion}`
    : `A broker alone stays at level ${maxVersion}.`
}

const resultOf = (asked: Asked, broker: Services): Result => {
  const { feature, maxVersionLevel } = asked
  const problem = problemOf(asked, broker)
  if (problem === undefined) return { feature, errorCode: errorCodes.NONE, errorMessage: null }
  const errorMessage = `Invalid update version ${maxVersionLevel} for feature ${feature}. ${problem}`
  return { feature, errorCode: errorCodes.INVALID_UPDATE_VERSION, errorMessage }
}

export const updateFeatures = defineHandler({
  api,
  versions: [0, 1],
  handle: ({ featureUpdates }, { broker }) => ({
    throttleTimeMs: 0,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    results: featureUpdates.map((asked) => resultOf(asked, broker)),
  }),
})
