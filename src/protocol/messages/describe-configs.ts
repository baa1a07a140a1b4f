/**
 * DescribeConfigs. 0 says only whether a value is the default, 1+ where it comes from and its synonyms, 3+ type and documentation. Resource
 * and source numbers are those of the broker's config tables.
 */
import { array, bool, defineApi, i16, i32, i8, str, structs, when } from '../table.ts'

export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: [0, 4],
  flexibleFrom: 4,
  request: {
    resources: structs({
      resourceType: i8(),
      resourceName: str(),
      configNames: array(str(), { nullable: true }), // null = all
    }),
    includeSynonyms: bool({ since: 1 }),
    includeDocumentation: bool({ since: 3 }),
  },
  response: {
    throttleTimeMs: i32(),
    resources: structs({
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      resourceType: i8(),
      resourceName: str(),
      configs: structs({
        name: str(),
        value: str({ nullable: true }),
        readOnly: bool(),
        isDefault: bool({ until: 0 }),
        source: i8({ since: 1, default: -1 }),
        isSensitive: bool(),
        configSynonyms: structs(when({ since: 1 }), {
          name: str(),
          value: str({ nullable: true }),
          source: i8(),
        }),
        configType: i8({ since: 3 }),
        documentation: str({ since: 3, nullable: true }),
      }),
    }),
  },
})
