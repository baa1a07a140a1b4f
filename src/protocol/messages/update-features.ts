/** UpdateFeatures. 1+ tells upgrades from safe and unsafe downgrades, 2+ answers for all features at once. */
import { bool, defineApi, i16, i32, i8, str, structs, when } from '../table.ts'

export const updateFeatures = defineApi({
  key: 57,
  name: 'UpdateFeatures',
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    timeoutMs: i32(),
    featureUpdates: structs({
      feature: str(),
      maxVersionLevel: i16(),
      allowDowngrade: bool({ until: 0 }),
      upgradeType: i8({ since: 1, default: 1 }), // 1 upgrade, 2 safe downgrade, 3 unsafe downgrade
    }),
    validateOnly: bool({ since: 1, strict: true }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    results: structs(when({ until: 1 }), {
      feature: str(),
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
    }),
  },
})
