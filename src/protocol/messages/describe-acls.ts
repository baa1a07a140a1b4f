/** DescribeAcls. Filters that are null match anything; 1+ knows pattern types (3 is literal). */
import { defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const describeAcls = defineApi({
  key: 29,
  name: 'DescribeAcls',
  versions: [0, 3],
  flexibleFrom: 2,
  request: {
    resourceType: i8(),
    resourceName: str({ nullable: true }),
    resourcePatternType: i8({ since: 1, default: 3, strict: true }),
    principal: str({ nullable: true }),
    host: str({ nullable: true }),
    operation: i8(),
    permissionType: i8(),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    resources: structs({
      resourceType: i8(),
      resourceName: str(),
      resourcePatternType: i8({ since: 1, default: 3 }),
      acls: structs({
        principal: str(),
        host: str(),
        operation: i8(),
        permissionType: i8(),
      }),
    }),
  },
})
