/**
 * ApiVersions: what this broker serves, made from the list of handlers. 1+ has the throttle time, 3+ names the client's software, 4 shows features of
 * minimum version 0. A version that is not served is answered in dispatch.ts.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { apiVersions as api } from '../../protocol/messages/api-versions.ts'
import { features } from './features.ts'
import { defineHandler } from './handler.ts'

const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/
const NAMED_SINCE = 3
const MIN_ZERO_SINCE = 4

/** Clients look at the levels that hold only if an epoch comes with them. */
const finalized = {
  finalizedFeaturesEpoch: features.length > 0 ? 0 : -1,
  finalizedFeatures: features.map(({ name, maxVersion }) => ({ name, minVersionLevel: maxVersion, maxVersionLevel: maxVersion })), // prettier-ignore
}

export const apiVersions = defineHandler({
  api,
  versions: [0, 4],
  handle(request, { version, broker }) {
    const named = SOFTWARE.test(request.clientSoftwareName) && SOFTWARE.test(request.clientSoftwareVersion)
    if (version >= NAMED_SINCE && !named) return { errorCode: errorCodes.INVALID_REQUEST, apiKeys: [] }
    const supportedFeatures = features.filter(({ minVersion }) => minVersion > 0 || version >= MIN_ZERO_SINCE)
    return { errorCode: errorCodes.NONE, apiKeys: broker.served, supportedFeatures, ...finalized }
  },
})
