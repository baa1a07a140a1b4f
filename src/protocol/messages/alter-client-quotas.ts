/** AlterClientQuotas: sets or removes quotas of users, client ids and addresses. */
import { bool, defineApi, f64, i16, i32, str, structs } from '../table.ts'

export const alterClientQuotas = defineApi({
  key: 49,
  name: 'AlterClientQuotas',
  versions: [0, 1],
  flexibleFrom: 1,
  request: {
    entries: structs({
      entity: structs({
        type: str(),
        name: str({ nullable: true }),
      }),
      ops: structs({
        key: str(),
        value: f64(),
        remove: bool(),
      }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: i32(),
    entries: structs({
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      entity: structs({
        type: str(),
        name: str({ nullable: true }),
      }),
    }),
  },
})
