/** DescribeClientQuotas. Entities are user, client-id and ip; a null match or name is the default entity. */
import { bool, defineApi, f64, i16, i32, i8, str, structs, when } from '../table.ts'

export const describeClientQuotas = defineApi({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: [0, 1],
  flexibleFrom: 1,
  request: {
    components: structs({
      entityType: str(),
      matchType: i8(), // 0 exact, 1 default entity, 2 any
      match: str({ nullable: true }),
    }),
    strict: bool(),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    entries: structs(when({ nullable: true }), {
      entity: structs({
        type: str(),
        name: str({ nullable: true }),
      }),
      values: structs({
        key: str(),
        value: f64(),
      }),
    }),
  },
})
