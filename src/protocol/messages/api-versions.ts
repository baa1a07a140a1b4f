/** ApiVersions. The response header has no tags in any version. The four last fields are tagged, so an answer without features leaves them all out. */
import { bool, defineApi, i16, i32, i64, str, structs, when } from '../table.ts'

export const apiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexibleFrom: 3,
  request: {
    clientSoftwareName: str({ since: 3 }),
    clientSoftwareVersion: str({ since: 3 }),
  },
  response: {
    errorCode: i16(),
    apiKeys: structs({
      apiKey: i16(),
      minVersion: i16(),
      maxVersion: i16(),
    }),
    throttleTimeMs: i32({ since: 1 }),
    // supportedFeatures: those whose minVersion is 0 are hidden from version 3
    supportedFeatures: structs(when({ since: 3, tag: 0 }), {
      name: str(),
      minVersion: i16(),
      maxVersion: i16(),
    }),
    finalizedFeaturesEpoch: i64({ since: 3, tag: 1, default: -1 }), // must be >= 0 or clients ignore the finalized features
    finalizedFeatures: structs(when({ since: 3, tag: 2 }), {
      name: str(),
      maxVersionLevel: i16(),
      minVersionLevel: i16(),
    }),
    zkMigrationReady: bool({ since: 3, tag: 3 }),
  },
})
