/** FindCoordinator. 0-3 ask for one key, 4+ for several; 1+ tells groups from transactions, 6+ share groups. */
import { array, defineApi, i16, i32, i8, str, structs, when } from '../table.ts'

export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexibleFrom: 3,
  request: {
    coordinatorKey: str({ until: 3 }),
    coordinatorType: i8({ since: 1, strict: true }), // 0 group, 1 transaction, 2 share (6+)
    coordinatorKeys: array(str(), { since: 4 }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16({ until: 3 }),
    errorMessage: str({ since: 1, until: 3, nullable: true }),
    nodeId: i32({ until: 3 }), // -1, host "", port -1 on error
    host: str({ until: 3 }),
    port: i32({ until: 3 }),
    coordinators: structs(when({ since: 4 }), {
      key: str(),
      nodeId: i32(),
      host: str(),
      port: i32(),
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
    }),
  },
})
