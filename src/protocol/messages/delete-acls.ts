/** DeleteAcls. Filters that are null match anything; 1+ knows pattern types (3 is literal). */
import { defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const deleteAcls = defineApi({
  key: 31,
  name: 'DeleteAcls',
  versions: [0, 3],
  flexibleFrom: 2,
  request: {
    filters: structs({
      resourceType: i8(),
      resourceName: str({ nullable: true }),
      resourcePatternType: i8({ since: 1, default: 3, strict: true }),
      principal: str({ nullable: true }),
      host: str({ nullable: true }),
      operation: i8(),
      permissionType: i8(),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    results: structs({
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      matchingAcls: structs({
        errorCode: i16(),
        errorMessage: str({ nullable: true }),
        resourceType: i8(),
        resourceName: str(),
        resourcePatternType: i8({ since: 1, default: 3 }),
        principal: str(),
        host: str(),
        operation: i8(),
        permissionType: i8(),
      }),
    }),
  },
})
